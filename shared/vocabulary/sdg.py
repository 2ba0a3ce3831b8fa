"""The 17 Sustainable Development Goals of the United Nations (resolution A/RES/70/1, 2015) with their short titles."""

from dataclasses import dataclass

from shared.vocabulary.lookup import Labels, UnknownTerm


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal, 1 to 17."""

    number: int
    labels: Labels


_TITLES = (
    Labels("Fin de la pobreza", "No poverty", "Pas de pauvreté"),
    Labels("Hambre cero", "Zero hunger", "Faim « zéro »"),
    Labels("Salud y bienestar", "Good health and well-being", "Bonne santé et bien-être"),
    Labels("Educación de calidad", "Quality education", "Éducation de qualité"),
    Labels("Igualdad de género", "Gender equality", "Égalité entre les sexes"),
    Labels("Agua limpia y saneamiento", "Clean water and sanitation", "Eau propre et assainissement"),
    Labels(
        "Energía asequible y no contaminante", "Affordable and clean energy", "Énergie propre et d'un coût abordable"
    ),
    Labels(
        "Trabajo decente y crecimiento económico",
        "Decent work and economic growth",
        "Travail décent et croissance économique",
    ),
    Labels(
        "Industria, innovación e infraestructura",
        "Industry, innovation and infrastructure",
        "Industrie, innovation et infrastructure",
    ),
    Labels("Reducción de las desigualdades", "Reduced inequalities", "Inégalités réduites"),
    Labels(
        "Ciudades y comunidades sostenibles",
        "Sustainable cities and communities",
        "Villes et communautés durables",
    ),
    Labels(
        "Producción y consumo responsables",
        "Responsible consumption and production",
        "Consommation et production responsables",
    ),
    Labels("Acción por el clima", "Climate action", "Lutte contre les changements climatiques"),
    Labels("Vida submarina", "Life below water", "Vie aquatique"),
    Labels("Vida de ecosistemas terrestres", "Life on land", "Vie terrestre"),
    Labels(
        "Paz, justicia e instituciones sólidas",
        "Peace, justice and strong institutions",
        "Paix, justice et institutions efficaces",
    ),
    Labels(
        "Alianzas para lograr los objetivos",
        "Partnerships for the goals",
        "Partenariats pour la réalisation des objectifs",
    ),
)

GOALS = tuple(Goal(number, labels) for number, labels in enumerate(_TITLES, start=1))


def goal(number: int) -> Goal:
    """The goal of this number; raises UnknownTerm with the nearest number."""
    if not 1 <= number <= len(GOALS):
        raise UnknownTerm(number, "Sustainable Development Goals", str(min(max(number, 1), len(GOALS))))
    return GOALS[number - 1]
