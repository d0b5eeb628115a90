"""What a run's provenance says of a function that decides, and whether it keeps anything."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from hashlib import sha256

from sim.errors import UsageError

OURS = "sim."


def described(policy: object) -> str:
    """`always('consents')` of a policy of ours; of another its name and a digest of its source.

    Two functions of one name and other text are told apart; what they read elsewhere is not seen.
    """
    if type(policy).__module__.startswith(OURS):
        return repr(policy)
    if isinstance(policy, partial):
        # By itself it has no name and no source; what it fixes decides as much as its function.
        fixed = [*map(repr, policy.args), *(f"{k}={v!r}" for k, v in policy.keywords.items())]
        return f"{described(policy.func)} with {', '.join(fixed)}"
    named = policy if hasattr(policy, "__qualname__") else type(policy)
    name = f"{named.__module__}.{named.__qualname__}"
    try:
        text = inspect.getsource(named)  # type: ignore[arg-type]
    except (OSError, TypeError):  # typed at a prompt, or not written in Python
        return name
    return f"{name} (source {sha256(text.encode()).hexdigest()[:8]})"


def is_stateless(policy: object) -> bool:
    """Whether it says of itself that it keeps nothing: then it may be asked in any process."""
    return bool(getattr(policy, "stateless", False))


def require_same(recorded: Mapping[str, str], given: Mapping[str, str], where: str) -> None:
    """Refuse other functions than those that decided in a run, and none in their place.

    Both by actor, as `described` has them.
    """
    if given == recorded:
        return
    if not recorded:
        raise UsageError(f"decide: in {where} the model decided for all actors")
    wanted = ", ".join(f"{actor!r}: {_asked_for(policy)}" for actor, policy in recorded.items())
    found = ", ".join(f"{actor!r}: {policy}" for actor, policy in given.items()) or "none"
    raise UsageError(
        f"{where}: functions decided there; give decide={{{wanted}}} from Python, found {found}"
    )


def _asked_for(policy: str) -> str:
    return f"sim.policies.{policy}" if policy.endswith(")") and "(source" not in policy else policy
