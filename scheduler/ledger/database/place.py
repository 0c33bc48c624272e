"""Where a ledger may be: not on a file system of the network, whose locks and shared memory do not hold."""

from pathlib import Path

from scheduler.ledger.trouble import LedgerError

MOUNTS = Path("/proc/self/mountinfo")
_REFUSED = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre", "davfs", "ocfs2"}
)
_LOCAL_FUSE = frozenset({"fuse.fuse-overlayfs"})


def refuse_network_folder(folder: Path, mounts: Path = MOUNTS) -> None:
    """Refuses a folder on a network file system; where the system does not tell what it is, nothing is refused.

    Raises:
        LedgerError: the folder is on one.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    kind = file_system_of(folder.resolve(), lines)
    if kind is not None:
        raise LedgerError(
            f"The ledger cannot be in {folder}: that is a folder of the network ({kind}), where two machines can damage it unseen.",
            "Keep the posts there if you like, and put the project folder, or [database] url in config.toml, on a disk of this machine.",
        )


def file_system_of(folder: Path, mountinfo: list[str]) -> str | None:
    """Returns the kind of network file system that holds the folder, or None; ``mountinfo`` is as in proc(5).

    The root of a container may be handed in by 9p or FUSE: it is this machine's own all the same.
    """
    best, found = Path("/"), ""
    for line in mountinfo:
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")[0]
        place = Path(fields[4].replace("\\040", " ")) if len(fields) > 4 else None  # noqa: PLR2004 - the mount point is the fifth field
        if place is not None and folder.is_relative_to(place) and len(place.parts) >= len(best.parts):
            best, found = place, kind
    if best == Path("/") and not found.startswith(("nfs", "cifs", "smb")):
        return None
    refused = found in _REFUSED or (found.startswith("fuse.") and found not in _LOCAL_FUSE)
    return found if refused else None
