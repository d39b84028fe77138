"""A disk that can be full: a file system of a few megabytes in memory, seen by nobody but who is told its path.

It lives in a mount namespace of a process of its own, so it leaves no mount behind, however that process ends. Root may make
one, and so may others where the system lets them have a user namespace; where neither is so, the fault cannot be injected.
Run as a program: `python small_disk.py DIRECTORY BYTES USER`; USER is a numeric id, empty for the caller's own.
"""

import contextlib
import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

# From linux/sched.h, sys/mount.h and linux/prctl.h.
CLONE_NEWNS, CLONE_NEWUSER = 0x0002_0000, 0x1000_0000
MS_REC, MS_PRIVATE = 0x4000, 0x4_0000
PR_SET_DUMPABLE = 4
CHUNK, PAGE = 1 << 20, 4096


class NoSmallDisk(Exception):
    """This system does not let us have one; the message says why."""


class SmallDisk:
    """Use it in a `with` block; its end takes the disk away with everything on it.

    Args:
        mount_point: an empty directory.
        size: in bytes.
        owner: user id that may write to it; None means the caller's.
    """

    def __init__(self, mount_point: Path, size: int, owner: int | None) -> None:
        self._mount_point, self._size, self._owner = mount_point, size, owner

    def __enter__(self) -> Self:
        arguments = (str(self._mount_point), str(self._size), "" if self._owner is None else str(self._owner))
        self._holder = subprocess.Popen(
            (sys.executable, "-I", "-S", __file__, *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._holder.stdout is not None
        if (said := self._holder.stdout.readline().strip()) != "ready":
            self._end()
            raise NoSmallDisk(said or "the program that makes it has ended")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def path(self) -> Path:
        """The root of the disk, through the namespace of the process that holds it."""
        return Path(f"/proc/{self._holder.pid}/root{self._mount_point}")

    def fill(self) -> None:
        """Write to it until not a byte more fits."""
        with (self.path / "ballast").open("ab", buffering=0) as ballast:
            for chunk in (CHUNK, PAGE):
                with contextlib.suppress(OSError):
                    while ballast.write(bytes(chunk)):
                        pass

    def free(self) -> None:
        """Delete what `fill` has written."""
        (self.path / "ballast").unlink()

    def _end(self) -> None:
        self._holder.communicate()


def hold(mount_point: str, size: str, owner: str) -> None:
    """Make the disk, say so, and stay until the standard input ends."""
    user, group = os.getuid(), os.getgid()
    if user == 0:
        _call("unshare", CLONE_NEWNS)
    else:
        _call("unshare", CLONE_NEWNS | CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    _call("mount", b"tmpfs", mount_point.encode(), b"tmpfs", 0, f"size={size},mode=0700".encode())
    if owner:
        os.chown(mount_point, int(owner), int(owner))
        os.setgroups([])
        os.setgid(int(owner))
        os.setuid(int(owner))
        _call("prctl", PR_SET_DUMPABLE, 1)  # whoever changes its user is not seen into by others of that user
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


def _call(name: str, *arguments: bytes | int | None) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)} ({errno.errorcode[number]})")


if __name__ == "__main__":
    try:
        hold(*sys.argv[1:])
    except (OSError, AttributeError) as refused:  # no such call on a system that is not Linux
        sys.exit(str(refused))
