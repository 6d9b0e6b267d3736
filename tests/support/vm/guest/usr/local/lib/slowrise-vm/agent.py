"""Run commands for the test on the host. A request is a JSON line with words and input; so is the answer."""

import json
import subprocess

with open("/dev/virtio-ports/agent", "r+b", buffering=0) as port:  # noqa: PTH123 - it runs on a bare Python
    unread = b""
    while received := port.read(65536):
        unread += received
        while b"\n" in unread:
            line, _, unread = unread.partition(b"\n")
            request = json.loads(line)
            done = subprocess.run(
                request["command"],
                input=request["stdin"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            answer = memoryview(json.dumps({"code": done.returncode, "out": done.stdout}).encode() + b"\n")
            while answer:
                answer = answer[port.write(answer) :]
