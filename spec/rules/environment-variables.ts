// table: clauses — canister-interface.md#environment-variables
import { ambiguous, chapter, must } from './rule.js';

export const environmentVariables = chapter('environment-variables', 'canister-interface.md#environment-variables', {
  count: must(['value'], 'env_var_count is the number of environment variables.'),
  'name-size': must(['value'], 'env_var_name_size is the length of the name at an index.'),
  'name-size-index': must(['trap'], 'env_var_name_size traps for an index that is not below the count.'),
  'name-copy': must(['value'], 'env_var_name_copy copies a part of the name at an index.'),
  'name-copy-index': must(['trap'], 'env_var_name_copy traps for an index that is not below the count.'),
  'name-copy-source': must(
    ['trap'],
    'env_var_name_copy traps if offset + size is greater than the length of the name.',
  ),
  'name-copy-destination': must(['trap'], 'env_var_name_copy traps if dst + size exceeds the memory.'),
  'name-exists': must(['value'], 'env_var_name_exists is 1 if a variable of that name exists, otherwise 0.'),
  'name-exists-maximum': must(['trap'], 'env_var_name_exists traps if name_size exceeds the maximum length of a name.'),
  'name-exists-bounds': must(['trap'], 'env_var_name_exists traps if name_src + name_size exceeds the memory.'),
  'name-exists-utf8': must(['trap'], 'env_var_name_exists traps if the name is not valid UTF-8.'),
  'value-size': must(['value'], 'env_var_value_size is the length of the value of the variable of that name.'),
  'value-size-maximum': must(['trap'], 'env_var_value_size traps if name_size exceeds the maximum length of a name.'),
  'value-size-bounds': must(['trap'], 'env_var_value_size traps if name_src + name_size exceeds the memory.'),
  'value-size-utf8': must(['trap'], 'env_var_value_size traps if the name is not valid UTF-8.'),
  'value-size-unknown': must(['trap'], 'env_var_value_size traps if no variable has the name.'),
  'value-copy': must(['value'], 'env_var_value_copy copies a part of the value of the variable of that name.'),
  'value-copy-maximum': must(['trap'], 'env_var_value_copy traps if name_size exceeds the maximum length of a name.'),
  'value-copy-bounds': must(['trap'], 'env_var_value_copy traps if name_src + name_size exceeds the memory.'),
  'value-copy-utf8': must(['trap'], 'env_var_value_copy traps if the name is not valid UTF-8.'),
  'value-copy-unknown': must(['trap'], 'env_var_value_copy traps if no variable has the name.'),
  'value-copy-source': must(
    ['trap'],
    'env_var_value_copy traps if offset + size is greater than the length of the value.',
  ),
  'value-copy-destination': must(['trap'], 'env_var_value_copy traps if dst + size exceeds the memory.'),
  enumerate: must(['value'], 'The indices below the count give all variables.'),
  order: ambiguous(24, ['value'], 'The order of the variables.', [
    'Any order, the same for all calls (interface text).',
    'Sorted by name (abstract behaviour).',
  ]),
  duplicates: ambiguous(
    54,
    ['response'],
    'Two variables of one name in the settings.',
    ['Refused: names must be unique (management canister).', 'One of them counts (abstract behaviour).'],
    { anchor: 'management-canister.md#ic-update_settings' },
  ),
});
