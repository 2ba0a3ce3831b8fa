"""What applications ask for and offers know: the themes of local government, our own list.

A theme is what a municipal officer would call it; each names the Sustainable Development Goals it serves and the DAC
purpose codes under which donors count it, so that nobody has to know those by heart.
"""

from dataclasses import dataclass

from shared.vocabulary.lookup import Labels, Table


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: `goals` are SDG numbers and `purposes` DAC codes, the most fitting first."""

    code: str
    labels: Labels
    goals: tuple[int, ...]
    purposes: tuple[str, ...]


THEMES = Table(
    "themes",
    (
        Theme("water", Labels("Agua potable", "Drinking water", "Eau potable"), (6,), ("14031", "14010")),
        Theme("sanitation", Labels("Saneamiento", "Sanitation", "Assainissement"), (6, 3), ("14032", "14022")),
        Theme(
            "waste", Labels("Residuos y reciclaje", "Waste and recycling", "Déchets et recyclage"), (11, 12), ("14050",)
        ),
        Theme(
            "administration",
            Labels("Organización y servicios", "Administration and services", "Administration et services"),
            (16,),
            ("15110", "15185"),
        ),
        Theme(
            "staff",
            Labels("Personal y formación", "Staff and training", "Personnel et formation"),
            (16, 8),
            ("15110", "15124"),
        ),
        Theme(
            "finance",
            Labels("Presupuesto y finanzas", "Budget and finance", "Budget et finances"),
            (16, 17),
            ("15111", "15128"),
        ),
        Theme(
            "revenue",
            Labels("Impuestos e ingresos locales", "Local taxes and revenue", "Impôts et recettes locales"),
            (17,),
            ("15114", "15128"),
        ),
        Theme(
            "decentralisation",
            Labels(
                "Descentralización y cooperación entre municipios",
                "Decentralisation and cooperation between municipalities",
                "Décentralisation et coopération intercommunale",
            ),
            (16, 17),
            ("15112",),
        ),
        Theme(
            "participation",
            Labels("Participación y transparencia", "Participation and transparency", "Participation et transparence"),
            (16,),
            ("15150", "15113"),
        ),
        Theme("housing", Labels("Vivienda", "Housing", "Logement"), (11, 1), ("16030", "16040")),
        Theme(
            "urban-planning",
            Labels("Urbanismo y suelo", "Urban planning and land", "Urbanisme et foncier"),
            (11,),
            ("43030",),
        ),
        Theme(
            "mobility",
            Labels("Transporte público y movilidad", "Public transport and mobility", "Transports publics et mobilité"),
            (11, 9),
            ("21012", "21010"),
        ),
        Theme("energy", Labels("Energía", "Energy", "Énergie"), (7, 13), ("23110", "23183")),
        Theme(
            "environment",
            Labels("Medio ambiente y clima", "Environment and climate", "Environnement et climat"),
            (13, 15, 14),
            ("41010", "41030"),
        ),
        Theme(
            "disaster-risk",
            Labels("Riesgo de desastres", "Disaster risk", "Risques de catastrophe"),
            (11, 13),
            ("43060",),
        ),
        Theme(
            "economic-development",
            Labels(
                "Desarrollo económico y empleo", "Economic development and jobs", "Développement économique et emploi"
            ),
            (8, 9),
            ("25030", "32130", "16020"),
        ),
        Theme(
            "tourism",
            Labels("Turismo y patrimonio", "Tourism and heritage", "Tourisme et patrimoine"),
            (8, 11),
            ("33210",),
        ),
        Theme("culture", Labels("Cultura y deporte", "Culture and sport", "Culture et sport"), (11, 4), ("16061",)),
        Theme(
            "food",
            Labels(
                "Alimentación, mercados y agricultura",
                "Food, markets and farming",
                "Alimentation, marchés et agriculture",
            ),
            (2, 12),
            ("43071", "31120", "43040"),
        ),
        Theme("health", Labels("Salud", "Health", "Santé"), (3,), ("12220",)),
        Theme(
            "education",
            Labels("Educación e infancia", "Education and childhood", "Éducation et enfance"),
            (4,),
            ("11120", "11240"),
        ),
        Theme(
            "social-services",
            Labels("Servicios sociales", "Social services", "Services sociaux"),
            (1, 10),
            ("16010", "16015"),
        ),
        Theme("gender", Labels("Igualdad de género", "Gender equality", "Égalité de genre"), (5,), ("15170",)),
        Theme(
            "migration",
            Labels("Migración e integración", "Migration and integration", "Migration et intégration"),
            (10,),
            ("15190",),
        ),
        Theme(
            "digital",
            Labels("Servicios digitales y datos", "Digital services and data", "Services numériques et données"),
            (9, 16),
            ("22040",),
        ),
        Theme("peace", Labels("Seguridad y convivencia", "Safety and peace", "Sécurité et paix"), (16,), ("15220",)),
    ),
)


def theme(code: str) -> Theme:
    """The theme of this code; raises UnknownTerm with the nearest code, also for a label in any of the languages."""
    return THEMES.find(code)


def purposes_of(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The DAC codes of these themes, each once, the most fitting of each theme before any second one."""
    found = [theme(code).purposes for code in codes]
    by_rank = [
        purposes[rank] for rank in range(max(map(len, found), default=0)) for purposes in found if rank < len(purposes)
    ]
    return tuple(dict.fromkeys(by_rank))
