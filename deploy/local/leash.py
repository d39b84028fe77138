"""The leash that ties a process to its parent: when the parent dies, even by `kill -9`, the process is ended.

Run as a program: `python leash.py SIGNAL PARENT USER PROGRAM ARGUMENT…`. It ties itself to its parent, changes to the
user (empty: stays who it is) and becomes the program. A program of its own, because code between fork and exec of a
parent with threads can stop for ever.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
"""From `linux/prctl.h`. Other systems have no such call; there the next start ends what was left over."""
CANNOT_RUN = 127


def leashed(signal_number: int, user: int | None, arguments: tuple[str, ...]) -> list[str]:
    """Return the command line that runs `arguments` tied to this process.

    The kernel watches the *thread* that starts it, which should live as long as the process should; in practice the
    main thread.
    """
    who = "" if user is None else str(user)
    return [sys.executable, "-I", "-S", __file__, str(signal_number), str(os.getpid()), who, *arguments]


def main() -> None:
    """Become the program named on the command line."""
    signal_number, parent, user, *arguments = sys.argv[1:]
    if user:
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    # After the change of user, at which the kernel lets go of a leash.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != int(parent):
            sys.exit(1)
    try:
        os.execv(arguments[0], arguments)
    except OSError as error:
        print(f"cannot run {arguments[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(CANNOT_RUN)


if __name__ == "__main__":
    main()
