//! What an installation is for, as people say it.
use std::sync::OnceLock;

use crate::phrases::Phrases;

pub(crate) fn roles() -> &'static Phrases<&'static str> {
    static ROLES: OnceLock<Phrases<&'static str>> = OnceLock::new();
    ROLES.get_or_init(|| Phrases::new(ROWS.iter().map(|(role, spellings)| (*spellings, *role))))
}

const ROWS: &[(&str, &str)] = &[
    (
        "production",
        "production|prod|prd|productive|live|produktion|produktiv|produktivsystem|produktivumgebung|produktionssystem|\
         produktivserver|prodsystem|produktionsumgebung|produktionsserver|en production|produccion|produzione|productie|\
         productieomgeving|producao|produkcja|produkcyjny|produkcyjne|produkcyjna|produkcji|produkcyjnym|本番|本番環境|本番系|\
         produktiven|produktive|productieserver|productivo|produttivo|echtsystem|本番機",
    ),
    (
        "test",
        "test|testing|tst|qa|test system|testsystem|testumgebung|testserver|tests|pruebas|prueba|testomgeving|teste|testes|\
         testowe|testowy|testowa|testowym|検証|検証環境|テスト|テスト環境|検証機|environnement de test|collaudo|testing environment|\
         quality assurance|sandbox|lab|testinstanz|entorno de pruebas",
    ),
    (
        "acceptance",
        "uat|acceptance|user acceptance|abnahme|abnahmesystem|abnahmeumgebung|recette|acceptatie|acceptatieomgeving|\
         homologacao|homologation|hml|integration environment|akceptacja|受入|acc|integrationssystem|akceptacyjne",
    ),
    (
        "staging",
        "staging|stage|stg|pre prod|preprod|pre production|preproduction|preproduccion|preproduzione|vorproduktion|\
         ステージング|pre producao|preproductie",
    ),
    (
        "development",
        "development|dev|develop|entwicklung|entwicklungssystem|entwicklungsumgebung|developpement|desarrollo|sviluppo|\
         ontwikkeling|desenvolvimento|rozwojowe|deweloperskie|開発|開発環境|entwicklungsserver|developer",
    ),
    ("training", "training|schulung|schulungssystem|formation|formacion|formazione|treinamento|szkoleniowe|研修"),
    (
        "disaster recovery",
        "dr|disaster recovery|dr site|drp|pra|notfallsystem|backup site|secours|recuperacion ante desastres|災対|災害対策|\
         k fall|ausfallrechenzentrum|dr system|cold standby site|dr server",
    ),
];

/// Words beside a role that make it one.
pub(crate) const SYSTEM_WORDS: &[&str] = &[
    "system",
    "systems",
    "server",
    "servers",
    "environment",
    "env",
    "instance",
    "instances",
    "box",
    "machine",
    "node",
    "nodes",
    "installation",
    "install",
    "site",
    "stage",
    "is",
    "are",
    "runs",
    "run",
    "has",
    "uses",
    "umgebung",
    "lauft",
    "ist",
    "hat",
    "serveur",
    "est",
    "tourne",
    "utilise",
    "servidor",
    "usa",
    "corre",
    "gira",
    "draait",
    "op",
    "jest",
    "dziala",
    "cluster",
    "one",
    "vm",
    "host",
    "ambiente",
    "entorno",
    "environnement",
    "omgeving",
    "srodowisko",
    "side",
    "landscape",
    "and",
    "on",
    "sur",
    "auf",
    "su",
    "en",
    "em",
    "na",
    "は",
    "環",
    "機",
    "系",
    "で",
    "の",
    "und",
    "et",
    "e",
    "y",
    "version",
    "still",
];

/// Words before a role that make it one.
pub(crate) const BEFORE_ROLE: &[&str] = &[
    "in", "en", "on", "im", "auf", "our", "the", "both", "und", "and", "et", "y", "e", "notre", "unser", "la", "le",
    "dem", "der", "den", "einem", "einer", "das", "de", "em", "w", "na", "for", "del", "di", "his", "a", "als", "as",
];

/// "Server 1", "System B": installations that have no role.
pub(crate) const NUMBERED: &[&str] = &[
    "server",
    "system",
    "installation",
    "instance",
    "site",
    "serveur",
    "servidor",
    "serwer",
    "machine",
    "box",
    "host",
];
