"""Member lists as communities export them: invented people, and rows of which something is wrong."""

import random
from dataclasses import dataclass

FIRST = ("Émilie", "Jérôme", "Zoé", "François", "Noël", "Bob", "Chloé", "Inès", "Gaël", "Maïté", "Hélène", "Anaïs")
LAST = ("Côté", "Lévesque", "Bélanger", "D’Amours", "Œuvrard", "Roy", "Nuñez", "Gagné", "Ångström", "Morin")
BAD = {
    "no_address": "{pseudo};personne;fr;2025-11-03",
    "two_addresses": "{pseudo};a{n}@x.example, b{n}@x.example;fr;2025-11-03",
    "bad_address": "{pseudo};=cmd|'/c calc'!A{n}@x.example;fr;2025-11-03",
    "bad_name": "{long};nom{n}@x.example;fr;2025-11-03",
    "bad_date": "{pseudo};date{n}@x.example;fr;le mois dernier",
    "columns": "{pseudo};colonne{n}@x.example",
    "quotes": '"{pseudo};guillemet{n}@x.example;fr;2025-11-03',
    "twice": "{pseudo};{taken};fr;2025-11-03",
}
"""One kind of bad row for each reason."""


@dataclass(frozen=True)
class GeneratedList:
    data: bytes
    good: int
    refused: dict[str, int]

    @property
    def bad(self) -> int:
        return sum(self.refused.values())


def member_list(rows: int, bad: int, *, encoding: str = "cp1252") -> GeneratedList:
    """`rows` lines of people with semicolons, `bad` of them bad in turn, and some empty lines between."""
    dice = random.Random(46_000)
    wrong = dict(zip(sorted(dice.sample(range(1, rows), bad)), range(bad), strict=True))
    kinds = list(BAD)
    refused = dict.fromkeys(kinds, 0)
    lines = ["Pseudo;Courriel;Langue;Consentement le"]
    for number in range(rows):
        if number in wrong:
            kind = kinds[wrong[number] % len(kinds)]
            refused[kind] += 1
            pseudo = f"mauvais{number}"
            lines.append(BAD[kind].format(n=number, pseudo=pseudo, long="x" * 10_000, taken="MEMBRE0@club.example"))
        else:
            lines.append(_good(number, dice))
        if number % 97 == 0:
            lines.append("" if number % 2 else ";;;")
    return GeneratedList("\r\n".join(lines).encode(encoding), rows - bad, refused)


def _good(number: int, dice: random.Random) -> str:
    name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"
    shown = f'"{name}; dit ""le {number}"""' if number % 50 == 1 else f'"{name}\n"' if number % 50 == 2 else name
    day = ("2025-11-03", "03/11/2025", "3.11.2025", "")[number % 4]
    return f"{shown};membre{number}@club.example;{('fr', 'en', 'FR', '')[number % 4]};{day}"
