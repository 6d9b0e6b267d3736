"""Runs commands for the test outside: a JSON line each with its words and input, answered by one with the outcome."""

import json
import subprocess

with open("/dev/virtio-ports/agent", "r+b", buffering=0) as port:  # noqa: PTH123 - it runs on a bare Python
    asked = b""
    while told := port.read(65536):
        asked += told
        while b"\n" in asked:
            line, _, asked = asked.partition(b"\n")
            ask = json.loads(line)
            done = subprocess.run(
                ask["command"],
                input=ask["stdin"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            answer = memoryview(json.dumps({"code": done.returncode, "out": done.stdout}).encode() + b"\n")
            while answer:
                answer = answer[port.write(answer) :]
