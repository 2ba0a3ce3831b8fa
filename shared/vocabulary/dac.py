"""Purpose codes of the OECD Development Assistance Committee that local government meets in its work.

Source: the DAC and CRS code list of the OECD, as IATI's Sector code list of June 2026 has it; English and French
labels follow it, shortened, and the Spanish ones are ours. Donors' files name the purpose of an exchange by them.
"""

from dataclasses import dataclass

from shared.vocabulary.lookup import Labels, Table


@dataclass(frozen=True, slots=True)
class Purpose:
    """One five-digit purpose code; its first three digits are the sector."""

    code: str
    labels: Labels

    @property
    def sector(self) -> str:
        """The DAC 3-digit sector, such as 140 for water and sanitation."""
        return self.code[:3]


def _purpose(code: str, es: str, en: str, fr: str) -> Purpose:
    return Purpose(code, Labels(es, en, fr))


PURPOSES = Table(
    "DAC purpose codes",
    (
        _purpose(
            "11120",
            "Instalaciones educativas y formación",
            "Education facilities and training",
            "Équipements scolaires et formation",
        ),
        _purpose(
            "11240", "Educación de la primera infancia", "Early childhood education", "Éducation de la petite enfance"
        ),
        _purpose("12220", "Atención sanitaria básica", "Basic health care", "Soins et services de santé de base"),
        _purpose(
            "14010",
            "Política y gestión del agua",
            "Water sector policy and management",
            "Politique et gestion de l'eau",
        ),
        _purpose(
            "14022",
            "Saneamiento: grandes sistemas",
            "Sanitation: large systems",
            "Assainissement : systèmes à grande échelle",
        ),
        _purpose(
            "14031",
            "Abastecimiento básico de agua potable",
            "Basic drinking water supply",
            "Approvisionnement de base en eau potable",
        ),
        _purpose("14032", "Saneamiento básico", "Basic sanitation", "Assainissement de base"),
        _purpose(
            "14050", "Gestión y eliminación de residuos", "Waste management and disposal", "Traitement des déchets"
        ),
        _purpose(
            "15110",
            "Política y gestión de la administración pública",
            "Public sector policy and management",
            "Politiques publiques et gestion administrative",
        ),
        _purpose(
            "15111", "Gestión de las finanzas públicas", "Public finance management", "Gestion des finances publiques"
        ),
        _purpose(
            "15112",
            "Descentralización y apoyo a los gobiernos subnacionales",
            "Decentralisation and support to subnational government",
            "Décentralisation et soutien aux administrations infranationales",
        ),
        _purpose(
            "15113",
            "Organizaciones e instituciones contra la corrupción",
            "Anti-corruption organisations and institutions",
            "Organisations et institutions de lutte contre la corruption",
        ),
        _purpose(
            "15114",
            "Movilización de ingresos nacionales",
            "Domestic revenue mobilisation",
            "Mobilisation des ressources intérieures",
        ),
        _purpose(
            "15124", "Servicios generales de personal", "General personnel services", "Services généraux de personnel"
        ),
        _purpose(
            "15128",
            "Finanzas de los gobiernos locales",
            "Local government finance",
            "Financement des gouvernements locaux",
        ),
        _purpose(
            "15150",
            "Participación democrática y sociedad civil",
            "Democratic participation and civil society",
            "Participation démocratique et société civile",
        ),
        _purpose(
            "15170",
            "Organizaciones e instituciones por los derechos de las mujeres",
            "Women's rights organisations and institutions",
            "Organisations et institutions de défense des droits des femmes",
        ),
        _purpose(
            "15185", "Administración pública local", "Local government administration", "Administration publique locale"
        ),
        _purpose(
            "15190",
            "Migración ordenada, segura y regular",
            "Orderly, safe and regular migration",
            "Migration ordonnée, sûre et régulière",
        ),
        _purpose(
            "15220",
            "Construcción civil de la paz y prevención de conflictos",
            "Civilian peace-building and conflict prevention",
            "Construction civile de la paix et prévention des conflits",
        ),
        _purpose("16010", "Protección social", "Social protection", "Protection sociale"),
        _purpose("16015", "Servicios sociales", "Social services", "Services sociaux"),
        _purpose("16020", "Creación de empleo", "Employment creation", "Création d'emplois"),
        _purpose(
            "16030",
            "Política y gestión de la vivienda",
            "Housing policy and management",
            "Politique et gestion du logement",
        ),
        _purpose("16040", "Vivienda de bajo costo", "Low-cost housing", "Logement à coût réduit"),
        _purpose("16061", "Cultura y ocio", "Culture and recreation", "Culture et loisirs"),
        _purpose(
            "21010",
            "Política y gestión del transporte",
            "Transport policy and management",
            "Politique et gestion des transports",
        ),
        _purpose("21012", "Servicios de transporte público", "Public transport services", "Transports en commun"),
        _purpose(
            "22040",
            "Tecnologías de la información y la comunicación",
            "Information and communication technology",
            "Technologies de l'information et de la communication",
        ),
        _purpose(
            "23110",
            "Política y gestión de la energía",
            "Energy policy and management",
            "Politique et gestion de l'énergie",
        ),
        _purpose(
            "23183",
            "Ahorro y eficiencia energética",
            "Energy conservation and efficiency",
            "Économies d'énergie et efficacité",
        ),
        _purpose(
            "25030",
            "Servicios de desarrollo empresarial",
            "Business development services",
            "Services de développement des entreprises",
        ),
        _purpose("31120", "Desarrollo agrícola", "Agricultural development", "Développement agricole"),
        _purpose(
            "32130",
            "Desarrollo de pequeñas y medianas empresas",
            "Small and medium-sized enterprises",
            "Développement des petites et moyennes entreprises",
        ),
        _purpose(
            "33210",
            "Política y gestión del turismo",
            "Tourism policy and management",
            "Politique et gestion du tourisme",
        ),
        _purpose(
            "41010",
            "Política y gestión del medio ambiente",
            "Environmental policy and management",
            "Politique et gestion de l'environnement",
        ),
        _purpose("41030", "Biodiversidad", "Biodiversity", "Diversité biologique"),
        _purpose(
            "43030",
            "Desarrollo y gestión urbanos",
            "Urban development and management",
            "Développement et gestion urbaine",
        ),
        _purpose("43040", "Desarrollo rural", "Rural development", "Développement rural"),
        _purpose(
            "43060",
            "Reducción del riesgo de desastres",
            "Disaster risk reduction",
            "Réduction des risques de catastrophe",
        ),
        _purpose(
            "43071",
            "Política y gestión de la seguridad alimentaria",
            "Food security policy and management",
            "Politique et gestion de la sécurité alimentaire",
        ),
    ),
)


def purpose(code: str) -> Purpose:
    """The purpose of this code; raises UnknownTerm with the nearest code."""
    return PURPOSES.find(code)
