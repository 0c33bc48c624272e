"""Packages of the Debian family, installed by the system's own tool, and its mirror."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.servers.steps import CannotInstallError, attempt, run, say

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
NONINTERACTIVE = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")


def installed(package: str) -> bool:
    """Tells whether the system has the package, unpacked and set up."""
    if not shutil.which("dpkg-query"):
        return False
    done = attempt(["dpkg-query", "-W", "-f", "${db:Status-Status}", package])
    return done.returncode == 0 and done.stdout == "installed"


def install(packages: Sequence[str]) -> None:
    """Installs what is missing of the packages; the package lists are fetched when they are absent or too old to serve."""
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    by_hand = f"apt-get update && apt-get install --no-install-recommends {' '.join(missing)}"
    root = _as_root(by_hand)
    say(f"  Debian: installing {', '.join(missing)}")
    command = [*root, *NONINTERACTIVE, "install", "-y", "--no-install-recommends", *missing]
    if attempt(command).returncode:
        say("  Debian: fetching the package lists first")
        attempt([*root, *NONINTERACTIVE, "update"])  # one broken list among many is no reason to stop: the next line decides
        run(command)


def unpack(folder: Path, release: str, packages: Sequence[str]) -> Path:
    """Fetches packages of some release of Debian, from the mirror that this system uses, and unpacks them; returns the folder.

    Nothing of them is installed, and the system's own lists of packages stay as they are.
    """
    say(f"  Debian: unpacking {', '.join(packages)} of {release}")
    source = folder / "release.list"
    source.write_text(f"deb [signed-by={KEYRING}] {mirror(codename())} {release} main\n", encoding="utf-8")
    for name in ("lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True)
    places = {"Dir::Etc::sourcelist": source, "Dir::Etc::sourceparts": "-", "Dir::State::lists": folder / "lists", "Dir::Cache": folder}
    apt = ["apt-get", "-qq", *(word for name, path in places.items() for word in ("-o", f"{name}={path}"))]
    run([*apt, "update"])
    run([*apt, "download", *packages], folder=folder)
    for package in folder.glob("*.deb"):
        run(["dpkg-deb", "-x", package, folder / "unpacked"])
        package.unlink()
    for name in ("lists", "archives"):
        shutil.rmtree(folder / name)
    return folder / "unpacked"


def codename() -> str:
    """Returns the name of the system's release, such as ``bookworm``."""
    return run(["sh", "-c", '. /etc/os-release && printf %s "$VERSION_CODENAME"'])


def mirror(release: str) -> str:
    """Returns the address from which this system gets the main packages of the release."""
    targets = run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"])
    for line in targets.splitlines():
        address, suite, component = line.split()
        if (suite, component) == (release, "main"):
            return address
    raise CannotInstallError(f"This system names no source for the packages of {release}; add one to /etc/apt/sources.list.d.")


def _as_root(by_hand: str) -> list[str]:
    if not shutil.which("apt-get"):
        raise CannotInstallError(f"This system has no apt-get. Install the like of this by hand: {by_hand}")
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and attempt(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n"]
    raise CannotInstallError(f"Installing Debian packages needs root. Run this by hand, then try again: sudo sh -c '{by_hand}'")
