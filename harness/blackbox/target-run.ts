// plumbing: a case run on a black box, stroke by stroke
import { expected } from '../targets/stdio/engine.js';
import type { Answerer } from '../targets/stdio/channel.js';
import { TargetFault, TargetSkip } from '../target.js';
import { mayBeRefused } from './chooser.js';
import { withIds, type Ids } from './ids.js';
import { showsCertificate } from './observable.js';
import { certificateSight, outcomeSight, statusSight, type Sight, type Stroke } from './observation.js';
import { OpenRequests, StatusQuestions, type Play } from './play.js';

/**
 * Runs the strokes on a black box: everything that is seen, in order, in the ids of the scenario.
 * @throws TargetFault, TargetSkip, HostLimit
 */
export function runTarget(target: Answerer, play: Play): readonly Sight[] {
  const { scenario, strokes, modules, profile } = play;
  const subnet = { profile: profile.name, time: scenario.setup.time };
  return withIds(target, { subnet, scenario, strokes, modules }, (ids) => played(target, strokes, ids));
}

function played(target: Answerer, strokes: readonly Stroke[], ids: Ids): readonly Sight[] {
  const sights: Sight[] = [];
  const requests = new OpenRequests(strokes);
  const statuses = new StatusQuestions();
  for (const [k, stroke] of strokes.entries()) {
    const { step, stimulus, pause } = stroke;
    const submitted = expected(target.ask({ do: 'submit', stimulus: ids.toTarget(stimulus) }), 'submitted');
    const outcome = ids.toScenario(submitted.outcome);
    if (stimulus.kind === 'create' && outcome.kind === 'done') ids.created(submitted.canister, step < 0);
    else if (step < 0 && stimulus.kind === 'create' && mayBeRefused(stimulus.settings))
      throw new TargetSkip('the target has no room for the settings of a canister of the setup');
    if (outcome.kind === 'accepted') requests.accepted(outcome.request, k);
    const sight = outcomeSight(k, stimulus, outcome);
    sights.push(showsCertificate(stimulus) ? certificateSight(sight, stimulus) : sight);
    if (pause !== 0) {
      const { ended } = expected(
        target.ask({ do: 'settle', ...(pause !== undefined && { atMost: pause }) }),
        'settled',
      );
      for (const { request, response } of ended) sights.push(requests.ended(request, k, ids.toScenario(response)));
    }
    for (const [canister, at] of statuses.after(k, stroke)) {
      const { status } = expected(target.ask({ do: 'status', canister: ids.toTarget(canister) }), 'status');
      if (status.exists && status.status === undefined)
        throw new TargetFault('the answer to status does not say whether the canister is running, stopping or stopped');
      sights.push(statusSight(at, ids.toScenario(status)));
    }
  }
  return [...sights, ...requests.sights()];
}
