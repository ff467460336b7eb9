import re

_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)


def source_of_link(ref: str | None) -> str:
    """The banner's name that a link carried as `ref`; empty for anything that does not look like one."""
    return ref if ref and _SOURCE.fullmatch(ref) else ""
