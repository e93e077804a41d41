"""The language of a text: by its words when they are plain, else by what the page declares."""

from __future__ import annotations

import pytest

from pipelines.language import language_of

TEXTS = {
    "da": "Regeringen har ikke fundet en løsning, og efter det møde, som blev holdt af de to parter, siger "
    "ministeren ikke noget om, hvad der skete mellem dem. Han havde ventet mere af det.",
    "no": "Regjeringen har ikke funnet en løsning, og etter det møtet som ble holdt av de to partene, sier "
    "ministeren ikke noe om hva som skjedde mellom dem. Han hadde ventet mer av det.",
    "is": "Það er ekki rétt að þetta hafi verið gert fyrir þá sem eru á staðnum, og við höfum sagt það frá "
    "upphafi með þeim orðum sem voru til í því máli.",
    "nl": "De fabriek is niet klaar, maar het bedrijf zegt dat er voor de zomer nog een tweede lijn naar het "
    "noorden wordt gebouwd, ook met geld van de staat.",
    "af": "Die fabriek is nie klaar nie, maar die maatskappy sê dat hy ook vir die noorde ’n tweede lyn sal bou "
    "wat met geld van die staat betaal word, en dit was hulle plan.",
    "ca": "La fàbrica no és a punt, però els seus amos diuen que amb els diners del govern han de fer també una "
    "altra línia per als pobles del nord, i aquest és el pla més car que han vist.",
    "sk": "Podľa úradu sa nová linka, ktorá je už hotová, otvorí aj pre ľudí pri meste, ale len po tom, ako "
    "bola skúška, alebo až od leta, však nie pre všetkých, ktorí sú tak ďaleko.",
    "xh": "Ngoku abantu bathi ukuba le nto ayilunganga kwaye kodwa apho kuba ngexesha elizayo abantu bale "
    "dolophu, ukuze baphile, kwakhona ngoko banokuphumelela.",
    "be": "Завод адкрыецца ў чэрвені, кажуць у кампаніі.",
    "sr": "Фабрика ће бити отворена у јуну, кажу људи из управе.",
    "uk": "Завод відкриється у червні, кажуть у компанії, де його й будують.",
    "gu": "કારખાનું જૂનમાં ખુલશે એમ કંપની કહે છે.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_plain_words_tell_whatever_the_template_declares(language: str) -> None:
    assert language_of(TEXTS[language]) == language
    assert language_of(TEXTS[language], "en-US") == language


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        pytest.param("iPhone 17, Pixel 11", "fr-FR", "fr", id="names only"),
        pytest.param(TEXTS["no"], "nb-NO", "no", id="one of two Norwegians"),
        pytest.param(TEXTS["sr"], "mk", "mk", id="a script that several share"),
        pytest.param("Lorem ipsum dolor sit amet, ut labore et dolore.", None, None, id="no one's"),
    ],
)
def test_what_a_page_declares_is_believed_where_words_do_not_tell(
    text: str, declared: str | None, language: str | None
) -> None:
    assert language_of(text, declared) == language
