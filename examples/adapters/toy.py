#!/usr/bin/env python3
"""A toy target for ic0-conformance: target-protocol@1 in Python 3, standard library only.

It has no WebAssembly engine. It knows canisters, their controllers and status, a few of the module requirements, and
says skipped where code would have to run. docs/target-protocol.md explains the protocol.

    npx ic0-conformance run --target "stdio:python3 examples/adapters/toy.py" --cases 200
"""
import base64, gzip, hashlib, json, sys, zlib

CAPABILITIES = {
    "records": False, "balances": False, "time": True, "reorders": False, "widths": ["i32", "i64"],
    "stimuli": ["create", "install", "uninstall", "start", "stop", "delete", "update-settings", "deposit", "advance-time"],
    "entryPoints": [],
}
RUNS_AT_INSTALL = (b"canister_init", b"canister_pre_upgrade", b"canister_post_upgrade")


class Skip(Exception):
    """What this target cannot do."""

class Subnet:
    def __init__(self, modules):
        self.modules = [base64.b64decode(module) for module in modules]
        self.canisters = {}
        self.ended = []
        self.created = self.requests = 0

    def submit(self, s):
        if s["kind"] == "create":
            name = self.created.to_bytes(8, "big").hex() + "0101"
            self.created += 1
            controllers = s["settings"].get("controllers", [s["sender"]])
            self.canisters[name] = {"controllers": controllers, "status": "running", "hash": None}
            return {"kind": "done"}, name
        canister = self.canisters.get(s.get("canister"))
        if s["kind"] == "advance-time" or (canister and s["kind"] == "deposit"):
            return {"kind": "done"}, None
        if canister is None:
            return reject(3, "no such canister"), None
        if s["sender"] not in canister["controllers"]:
            return reject(5, "not a controller"), None
        return getattr(self, s["kind"].replace("-", "_"))(canister, s), None

    def install(self, canister, s):
        if (s["mode"] == "install") != (canister["hash"] is None) and s["mode"] != "reinstall":
            return reject(5, "mode %s does not fit" % s["mode"])
        module = self.modules[s["module"]]
        try:
            wasm = gzip.decompress(module) if module[:3] == b"\x1f\x8b\x08" else module
        except (OSError, EOFError, zlib.error):
            return reject(5, "not gzip")
        if wasm[:8] != b"\0asm\1\0\0\0":
            return reject(5, "not WebAssembly")
        try:
            known = dict(sections(wasm))
        except IndexError:
            return reject(5, "cut short")
        if 8 in known or any(name in known.get(7, b"") for name in RUNS_AT_INSTALL):
            raise Skip("the module has code to run, and there is no WebAssembly engine here")
        return changed(canister, hash=hashlib.sha256(module).hexdigest())

    def uninstall(self, canister, s):
        return changed(canister, hash=None)

    def start(self, canister, s):
        return changed(canister, status="running")

    def stop(self, canister, s):
        canister["status"] = "stopped"
        request, self.requests = self.requests, self.requests + 1
        self.ended.append({"request": request, "response": reply()["response"]})
        return {"kind": "accepted", "request": request}

    def delete(self, canister, s):
        if canister["status"] == "stopped":
            del self.canisters[s["canister"]]
            return reply()
        return reject(5, "not stopped")

    def update_settings(self, canister, s):
        # Wrong on purpose: settings out of range must be refused.
        return changed(canister, controllers=s["settings"].get("controllers", canister["controllers"]))

    def status(self, name):
        canister = self.canisters.get(name)
        if canister is None:
            return {"exists": False}
        module_hash = {"moduleHash": canister["hash"]} if canister["hash"] else {}
        return {"exists": True, "status": canister["status"], **module_hash}

def sections(wasm):
    """Ids and contents of the sections. An IndexError: the module is cut short."""
    at = 8
    while at < len(wasm):
        section, size, shift, byte = wasm[at], 0, 0, 128
        while byte > 127:
            at += 1
            byte = wasm[at]
            size |= (byte & 127) << shift
            shift += 7
        yield section, wasm[at + 1:at + 1 + size]
        at += 1 + size

def reply():
    return {"kind": "responded", "response": {"kind": "reply", "data": ""}}

def changed(canister, **fields):
    canister.update(fields)
    return reply()

def reject(code, message):
    return {"kind": "responded", "response": {"kind": "reject", "code": code, "message": message}}

def answer(subnet, request):
    if request["do"] == "submit":
        outcome, name = subnet.submit(request["stimulus"])
        return {"is": "submitted", "outcome": outcome, **({"canister": name} if name else {})}
    if request["do"] == "settle":
        ended, subnet.ended = subnet.ended, []
        return {"is": "settled", "ended": ended}
    if request["do"] == "status":
        return {"is": "status", "status": subnet.status(request["canister"])}
    raise Skip("%s is not done here" % request["do"])

def main():
    subnet, checksum = None, "none"
    for line in sys.stdin:
        request = json.loads(line)
        request.pop("sum", None)  # A target may check it; this one trusts its input.
        used = checksum
        try:
            if request["do"] == "hello":
                checksum = "crc32" if "crc32" in request["checksums"] else "none"
                given = {"is": "welcome", "protocol": request["protocol"], "target": {"name": "toy", "version": "1"},
                         "capabilities": CAPABILITIES, "checksum": checksum}
            elif request["do"] == "begin":
                subnet = Subnet(request["modules"])
                given = {"is": "begun"}
            else:
                given = answer(subnet, request)
        except Skip as reason:
            given = {"is": "skipped", "reason": str(reason)}
        text = json.dumps({"seq": request["seq"], **given}, separators=(",", ":"))
        summed = '%s,"sum":"%08x"}' % (text[:-1], zlib.crc32(text[:-1].encode()))
        print(summed if used == "crc32" else text, flush=True)

if __name__ == "__main__":
    main()
