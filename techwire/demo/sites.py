"""The five sites of the newsroom, as data, and the sources file that leads to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One news site. Its host is fictional and never changes: addresses are identities."""

    slug: str
    name: str
    host: str
    tagline: str
    language: Literal["fr", "en"]
    country: str  # ISO 3166-1 alpha-2
    timezone: str  # IANA; page times without a zone are in it
    address: str  # path of an article, made of {slug}, {number}, {section}, {day:…}
    sections: tuple[tuple[str, str], ...]  # path segment, as readers see it
    feed: str | None = None  # path
    format: Literal["rss", "rss-teasers", "atom", "json"] | None = None  # of its feed
    sitemap: str | None = None  # path of the sitemap a source would name
    listing: str | None = None  # path
    tracking: str = ""  # query its feed adds to every link
    closed: tuple[str, ...] = ()  # paths its robots.txt disallows

    @property
    def home(self) -> str:
        """The address of its home page, with the closing slash."""
        return f"http://{self.host}/"

    def absolute(self, path: str) -> str:
        """The address of ``path`` (which starts with a slash) on this site."""
        return f"http://{self.host}{path}"


SITES = (
    Site(
        slug="gazette",
        name="La Gazette de l’écran",
        host="gazette.example",
        tagline="Applications, réseaux et culture numérique",
        language="fr",
        country="FR",
        timezone="Europe/Paris",
        address="/{slug}-a{number}.html",
        sections=(
            ("applis", "Applis"),
            ("reseaux", "Réseaux"),
            ("audio", "Audio"),
            ("jeux", "Jeux"),
        ),
        feed="/rss.xml",
        format="rss",
        closed=("/recherche", "/compte/", "/partenaires/"),
    ),
    Site(
        slug="comptoir",
        name="Le Comptoir numérique",
        host="comptoir.example",
        tagline="L’économie du logiciel et des réseaux",
        language="fr",
        country="FR",
        timezone="Europe/Paris",
        address="/{day:%Y/%m/%d}/{slug}/",
        sections=(
            ("entreprises", "Entreprises"),
            ("cloud", "Cloud"),
            ("ia", "IA"),
            ("telecoms", "Télécoms"),
        ),
        feed="/feed.atom",
        format="atom",
        closed=("/recherche/", "/abonnes/compte/"),
    ),
    Site(
        slug="lantern",
        name="The Lantern",
        host="lantern.example",
        tagline="Technology, and the people it is for",
        language="en",
        country="GB",
        timezone="Europe/London",
        address="/articles/{slug}",
        sections=(("apps", "Apps"), ("business", "Business"), ("ai", "AI"), ("policy", "Policy")),
        feed="/feed.json",
        format="json",
        tracking="?utm_source=lantern&utm_medium=jsonfeed&utm_campaign=daily",
        closed=("/search", "/account/"),
    ),
    Site(
        slug="devicedesk",
        name="Device Desk",
        host="devicedesk.example",
        tagline="Hardware, measured",
        language="en",
        country="US",
        timezone="America/New_York",
        address="/news/{slug}",
        sections=(
            ("gadgets", "Gadgets"),
            ("chips", "Chips"),
            ("audio", "Audio"),
            ("cloud", "Cloud"),
        ),
        sitemap="/sitemap-news.xml",
        listing="/news/",
        closed=("/search", "/cart/"),
    ),
    Site(
        slug="labo",
        name="Le Labo des jeunes pousses",
        host="labo.example",
        tagline="Start-up, recherche et financement",
        language="fr",
        country="BE",
        timezone="Europe/Brussels",
        address="/{section}/{day:%Y%m}/{slug}.html",
        sections=(
            ("financement", "Financement"),
            ("sante", "Santé"),
            ("mobilite", "Mobilité"),
            ("industrie", "Industrie"),
        ),
        feed="/flux/rss",
        format="rss-teasers",
        closed=("/recherche", "/espace-membre/"),
    ),
)
BY_HOST = {site.host: site for site in SITES}
BY_SLUG = {site.slug: site for site in SITES}


def hosts() -> list[str]:
    """The hosts to send to the newsroom's address and port."""
    return [site.host for site in SITES]


def sources_toml() -> str:
    """The demo's ``sources.toml``: one ``[[source]]`` table per site."""
    head = "# The sources of the demo: five invented sites, served by `techwire demo` itself.\n"
    return head + "".join(_table(site) for site in SITES)


def _table(site: Site) -> str:
    lines = [
        "",
        "[[source]]",
        f'slug = "{site.slug}"',
        f'name = "{site.name}"',
        f'url = "{site.home}"',
        f'language = "{site.language}"',
        f'country = "{site.country}"',
        f'timezone = "{site.timezone}"',
    ]
    ways = (("feeds", site.feed), ("sitemaps", site.sitemap), ("listings", site.listing))
    lines += [f'{key} = ["{site.absolute(path)}"]' for key, path in ways if path]
    lines.append("delay = 0  # this newsroom is on your own machine")
    return "\n".join(lines) + "\n"
