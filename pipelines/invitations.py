"""Which segments of a page invite to sign up, log in or follow."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from ahocorasick_rs import AhoCorasick, MatchKind

from pipelines.segments import Segment

# What invitations to sign up, log in or follow say; parts of lower-case text.
_INVITATIONS = (
    "subscrib|sign up|newsletter|inscrivez|abonnez|s'abonner|abonnier|suscríb|iscriviti|"
    "your inbox|email address|e-mail|log in|sign in|register|se connecter|connectez|"
    "anmelden|registrier|free trial|boîte mail|download the app|download our app|"
    "get the app|donate|support us|membership|become a member|réservé aux abonnés|"
    "already a subscriber|déjà abonné|whatsapp|telegram channel|follow us|suivez|"
    "folgen sie|síguenos|seguici|join our|notifications|push alert|google news|"
    "breaking news alert"
).split("|")
_INVITES = AhoCorasick(_INVITATIONS, matchkind=MatchKind.Standard)
_LONG = 400  # characters beyond which a segment is no invitation


def inviting(segments: Sequence[Segment], asked: Sequence[bool]) -> set[int]:
    """Indexes of the segments that invite to sign up or follow: one search through all of them."""
    places = [i for i, s in enumerate(segments) if asked[i] and len(s.text) < _LONG]
    texts = [segments[i].text.lower() for i in places]
    ends = list(accumulate(len(text) + 1 for text in texts))
    found = _INVITES.find_matches_as_indexes("\n".join(texts))
    return {places[bisect_right(ends, start)] for _, start, _ in found}
