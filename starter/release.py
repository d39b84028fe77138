"""Which version of the service this is."""

from importlib.metadata import PackageNotFoundError, version


def release() -> str:
    """Return the version; `0.0.0` where the package is not installed, as in a bare copy of its files."""
    try:
        return version("zartsalgo-comms")
    except PackageNotFoundError:
        return "0.0.0"
