"""Make an input device through the kernel's uinput, use it for two seconds, and remove it: `device.py KIND`.

The kernel cannot tell such a device from a plugged one. ydotool and remote-control programs make the same.
"""

import fcntl
import os
import struct
import subprocess
import sys
import time

SET_EVENT, SET_KEY, SET_AXIS, SET_PROPERTY = 0x40045564, 0x40045565, 0x40045567, 0x4004556E
SETUP, SET_UP_AXIS, CREATE, DESTROY = 0x405C5503, 0x401C5504, 0x5501, 0x5502
SYNC, KEY, AXIS = 0, 1, 3
X, Y, PRESSURE = 0, 1, 0x18
A = 30
PEN, TOUCH, STYLUS = 0x140, 0x14A, 0x14B
SOUTH = 0x130

KINDS = {
    "keyboard": (range(1, 120), ()),
    "pen": ((PEN, TOUCH, STYLUS), (X, Y, PRESSURE)),
    "gamepad": (range(SOUTH, SOUTH + 15), (X, Y)),
}


def main(kind: str) -> None:
    """Make the device, press, move and release, and remove it."""
    keys, axes = KINDS[kind]
    subprocess.run(["modprobe", "uinput"], check=True)
    device = os.open("/dev/uinput", os.O_WRONLY)
    fcntl.ioctl(device, SET_EVENT, KEY)
    for key in keys:
        fcntl.ioctl(device, SET_KEY, key)
    for axis in axes:
        fcntl.ioctl(device, SET_EVENT, AXIS)
        fcntl.ioctl(device, SET_AXIS, axis)
        resolution = 100 if axis != PRESSURE else 0
        fcntl.ioctl(device, SET_UP_AXIS, struct.pack("=HxxiiiiiI", axis, 0, 0, 10000, 0, 0, resolution))
    fcntl.ioctl(device, SETUP, struct.pack("=HHHH80sI", 3, 0x1234, 0x5678, 1, f"test {kind}".encode(), 0))
    fcntl.ioctl(device, CREATE)
    subprocess.run(["udevadm", "settle"], check=True)
    time.sleep(3)  # until the desktop has opened it

    def send(*events: tuple[int, int, int]) -> None:
        for event in (*events, (SYNC, 0, 0)):
            os.write(device, struct.pack("=qqHHi", 0, 0, *event))

    for step in range(20):
        if kind == "pen":
            send((AXIS, X, 2000 + 100 * step), (AXIS, Y, 3000), (AXIS, PRESSURE, 4000), (KEY, PEN, 1), (KEY, TOUCH, 1))
        elif kind == "gamepad":
            send((AXIS, X, 500 * step), (KEY, SOUTH, step % 2))
        else:
            send((KEY, A, 1 - step % 2))
        time.sleep(0.1)
    send(*((KEY, key, 0) for key in (A, SOUTH, TOUCH, PEN) if key in keys))
    fcntl.ioctl(device, DESTROY)


main(sys.argv[1])
