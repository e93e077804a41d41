"""The word lists behind the tagger: cues, names that are no companies, given and common names."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipelines.tag_text import key

FUNCTION_WORDS = frozenset(
    # French
    "a ainsi alors apres au aucun aucune aujourd aupres aussi aux avant avec bien c car ce ceci cela celle"
    " celles celui cependant ces cet cette ceux chacun chacune chaque chez ci comme comment contre d dans de"
    " depuis derriere des des deux devant dont du durant elle elles en encore enfin ensuite entre envers est"
    " et etant etre eux face faut fin grace hier hors il ils j jamais je jusqu l la le les leur leurs lors"
    " lorsqu lorsque lui m ma mais malgre me mes meme moins mon n ne ni non nos notre nous nul on or ou outre"
    " par parce parmi pas pendant peu plus plusieurs pour pourquoi pourtant pres presque puis puisque qu quand"
    " quant que quel quelle quelles quelques quels qui quoi s sa sans sauf se selon ses si sinon soit son sous"
    " souvent sur t ta tandis tant te tel telle tels tes ton toujours tous tout toute toutefois toutes tres"
    " trop trois tu un une vers via voici voila vos votre vous y quatre cinq six sept huit neuf dix"
    # English
    " about above across after again against all also although always am amid an and another any are around as"
    " at back be because been before behind being below beneath beside besides between beyond both but by can"
    " could despite did do does down due during each either else ever every few first for from further had has"
    " have having he her here hers herself him himself his how however i if in indeed inside instead into is it"
    " its itself just last later least less let like many may maybe me meanwhile might more moreover most much"
    " must my near neither never nevertheless next nor not now of off often on once one only onto or other others"
    " our ours out over own perhaps rather same second several shall she should since so some soon still such"
    " than that the their theirs them then there therefore these they this those though through throughout thus"
    " till to today together tomorrow too toward towards two three four five under unless unlike until up upon us"
    " very was we were what whatever when whenever where whereas whether which while who whom whose why will with"
    " within without would yes yesterday yet you your yours"
    # German
    " ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beide beiden beim bis"
    " bisher bislang da dabei dadurch dafur dagegen daher damit danach daneben dann daran darauf daruber darum"
    " darunter das dass davon dazu dem den denn dennoch der deren des deshalb dessen die dies diese diesem diesen"
    " dieser dieses doch dort durch ebenfalls ebenso eigentlich ein eine einem einen einer eines einige er erst"
    " es etwa euer fur ganz gegen genau gibt hat hatte hatten hier hinter ich ihm ihn ihnen ihr ihre ihrem ihren"
    " ihrer im immer in inzwischen ist ja jede jedem jeden jeder jedes jedoch jene jetzt kann kein keine keinen"
    " laut man manche mehr mein mit nach nachdem neben nein nicht nichts noch nun nur ob obwohl oder ohne schon"
    " sein seine seinem seinen seiner seit sich sie sind so sobald sogar sollte somit sondern sonst sowie statt"
    " trotz uber um und uns unser unter viele vom von vor wahrend war waren warum was wegen weil weiter welche"
    " welcher wenn wer werden wie wieder will wir wird wo wurde wurden zu zudem zuletzt zum zur zwar zwei"
    " zwischen zuvor zunachst hinzu gleich gerade bereits"
    # Spanish, Italian
    " el los las del al con por para como pero sin sobre su sus una uno lo ya no si il lo gli della dello dei"
    " delle nel nella con per che non e i di da dal dalla sono".split()
)
DETERMINERS = frozenset(
    "the a an this that these those his her its their our your my le la les l un une des ce cet cette ces son"
    " sa ses leur leurs notre nos votre mon ma mes aucun chaque tout der die das den dem des ein eine einen"
    " einem einer eines im am zum zur vom beim ins dieser diese dieses diesem diesen jeder jede jedes kein"
    " keine keinen ihre ihr seine sein unsere el los las una uno il lo gli".split()
)
OF = frozenset("of at for from with by de d du des chez von bei der vom beim avec par".split())


@dataclass(frozen=True, slots=True)
class Words:
    """Every list, folded, as sets."""

    cues: dict[str, frozenset[str]]  # by the role they play
    world: dict[str, str]  # name → places, peoples, persons, media, bodies, technology, works …
    first_names: frozenset[str]
    common: frozenset[str]  # words that are written in lower case, or German common nouns
    strong: frozenset[str]  # ambiguous spellings that mostly are the company
    weak: frozenset[str]  # … that mostly are not
    also_ambiguous: frozenset[str]  # … that the catalogue takes for sure
    phrases: tuple[str, ...]  # longer names and idioms that hide a spelling


@cache
def words() -> Words:
    """The shipped lists, read once in a process (~15 ms)."""
    folder = files("pipelines") / "tagging"

    def lists(name: str) -> dict[str, list[str]]:
        content = tomllib.loads((folder / name).read_text(encoding="utf-8"))
        return {
            kind: [word for word in text.replace("\n", "|").split("|") if word]
            for kind, text in content.items()
        }

    def plain(name: str) -> frozenset[str]:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        return frozenset(word for line in lines if not line.startswith("#") for word in line.split())

    world: dict[str, str] = {}
    for kind, names in lists("world.toml").items():
        for name in names:
            world.setdefault(key(name), kind)
    cues = {kind: frozenset(map(key, found)) for kind, found in lists("cues.toml").items()}
    doubts = {kind: [key(w) for w in found] for kind, found in lists("ambiguity.toml").items()}
    return Words(
        cues,
        world,
        plain("first_names.txt"),
        plain("common_words.txt"),
        frozenset(doubts["strong"]),
        frozenset(doubts["weak"]),
        frozenset(doubts["also_ambiguous"]),
        tuple(lists("ambiguity.toml")["phrases"]),
    )


def is_doubtful(spelling: str) -> bool:
    """Whether a spelling is also a word, a given name, a place or the like, by the lists alone."""
    known = words()
    folded = key(spelling)
    if folded in known.also_ambiguous:
        return True
    if " " in folded:
        return False
    return (
        folded in known.common
        or folded in FUNCTION_WORDS
        or folded in known.first_names
        or known.world.get(folded, "media") != "media"
    )
