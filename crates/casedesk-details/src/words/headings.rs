//! What the words before a colon, in a heading or in a question ask for.
use std::sync::OnceLock;

use crate::Field;
use crate::phrases::Phrases;

/// What a heading asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Field(Field),
    /// "Version", which is the product's unless something else is named.
    Version,
    /// "Operating system": name, version and architecture.
    System,
    /// Log files and other things that are no detail.
    Nothing,
}

pub(crate) fn headings() -> &'static Phrases<Asks> {
    static HEADINGS: OnceLock<Phrases<Asks>> = OnceLock::new();
    HEADINGS.get_or_init(|| Phrases::new(ROWS.iter().map(|(asks, spellings)| (*spellings, *asks))))
}

/// The word of the headings that was meant by a word with one slip of the keys.
pub(crate) fn corrected(word: &str) -> Option<&'static str> {
    static WORDS: OnceLock<Vec<&'static str>> = OnceLock::new();
    const SHORTEST: usize = 6;
    const LONGEST: usize = 20;
    if !(SHORTEST..=LONGEST).contains(&word.len()) || !word.is_ascii() {
        return None;
    }
    let words = WORDS.get_or_init(|| {
        let words = ROWS.iter().flat_map(|(_, spellings)| spellings.split(['|', ' ']));
        let mut words: Vec<&str> = words.filter(|word| word.len() >= SHORTEST && word.is_ascii()).collect();
        words.sort_unstable();
        words.dedup();
        words
    });
    let near =
        |other: &&&str| other.as_bytes()[0] == word.as_bytes()[0] && is_one_slip(word.as_bytes(), other.as_bytes());
    if words.binary_search(&word).is_ok() { None } else { words.iter().find(near).copied() }
}

/// One letter more, less or other, or two neighbours swapped.
fn is_one_slip(one: &[u8], other: &[u8]) -> bool {
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (a, b) = (&one[same..], &other[same..]);
    match one.len().cmp(&other.len()) {
        std::cmp::Ordering::Greater => a[1..] == *b,
        std::cmp::Ordering::Less => *a == b[1..],
        std::cmp::Ordering::Equal if a.is_empty() => true,
        std::cmp::Ordering::Equal => {
            a[1..] == b[1..] || (a.len() >= 2 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..])
        }
    }
}

const ROWS: &[(Asks, &str)] = &[
    (
        Asks::Field(Field::ProductVersion),
        "product version|software version|server version|program version|product release|product|produktversion|\
         programmversion|softwareversion|produkt|version du produit|version produit|version du logiciel|logiciel|produit|\
         version del producto|version producto|producto|versione prodotto|versione del prodotto|prodotto|productversie|\
         softwareversie|versie product|versao do produto|versao produto|produto|wersja produktu|wersja programu|\
         wersja oprogramowania|製品バージョン|製品版数|製品|ソフトウェアバージョン|installed version|application version|serverversion|\
         version installee|version installed|installierte version",
    ),
    (Asks::Version, "version|versions|release|versione|versie|versao|wersja|バージョン|版数|ver|vers"),
    (
        Asks::System,
        "operating system|operating systems|os|os version|os name|server os|o s|platform|plattform|betriebssystem|\
         betriebssysteme|bs|systeme d exploitation|systeme|se|sistema operativo|sistema operacional|besturingssysteem|\
         besturingssysteme|besturingssystemen|system operacyjny|system|オペレーティングシステム|distribution|distro|plateforme|\
         plataforma|piattaforma|server operating system|os and version|serveur|servidor|serwer",
    ),
    (
        Asks::Field(Field::OsArchitecture),
        "architecture|arch|architektur|cpu|processor|prozessor|processeur|procesador|processore|architectuur|arquitectura|\
         architettura|arquitetura|architektura|アーキテクチャ|bitness|hardware",
    ),
    (
        Asks::Field(Field::Protocols),
        "protocol|protocols|transfer protocols|file transfer protocols|protokoll|protokolle|ubertragungsprotokolle|\
         protocole|protocoles|protocolo|protocolos|protocollo|protocolli|protocollen|protokol|protokoly|プロトコル|\
         使用プロトコル|transfer protocol|verwendete protokolle|protocoles utilises",
    ),
    (
        Asks::Field(Field::Role),
        "role|environment|env|environment type|umgebung|rolle|environnement|entorno|ambiente|omgeving|srodowisko|rol|\
         環境|用途|purpose|system type|usage|stage|ruolo|funcao",
    ),
    (
        Asks::Field(Field::HighAvailability),
        "high availability|ha|availability|redundancy|resilience|cluster|clustering|failover|ha setup|ha architecture|\
         hochverfugbarkeit|redundanz|ausfallsicherheit|verfugbarkeit|haute disponibilite|redondance|disponibilite|\
         alta disponibilidad|redundancia|alta affidabilita|alta disponibilita|ridondanza|hoge beschikbaarheid|\
         redundantie|alta disponibilidade|wysoka dostepnosc|redundancja|冗長構成|冗長化|高可用性|冗長性|クラスタ構成|klaster",
    ),
    (
        Asks::Field(Field::Integrations),
        "integration|integrations|integrated with|third party software|third party|other software|other technology|\
         interfaces|integrationen|schnittstellen|integrierte systeme|authentication|authentifizierung|anmeldung|\
         integration avec|integrations tierces|authentification|annuaire|directory|directory service|verzeichnisdienst|\
         integracion|integraciones|autenticacion|directorio|integrazione|integrazioni|autenticazione|integratie|\
         integraties|authenticatie|integracao|integracoes|autenticacao|integracja|integracje|uwierzytelnianie|連携|統合|認証|\
         連携システム|user directory|login|network|netzwerk|reseau|environment details|infrastructure|infrastruktur",
    ),
    (
        Asks::Field(Field::Database),
        "database|databases|db|datenbank|base de donnees|bdd|base de datos|bd|banca dati|basi di dati|databank|\
         banco de dados|baza danych|データベース|database server|repository database|dbms|sgbd|banco",
    ),
    (
        Asks::Field(Field::Runtime),
        "java|jre|jdk|java version|runtime|laufzeit|laufzeitumgebung|jvm|framework|java runtime|runtime version|wersja java|\
         java versie|javaversion|version de java|version java|versione java|versao do java|ランタイム|環境java|dotnet|net",
    ),
    (
        Asks::Field(Field::Security),
        "security|sicherheit|securite|seguridad|sicurezza|beveiliging|seguranca|bezpieczenstwo|セキュリティ|encryption|\
         verschlusselung|chiffrement|tls version|tls|cifrado|crittografia|ciphers|compliance",
    ),
    (
        Asks::Field(Field::Other),
        "other|other information|anything else|additional information|notes|remarks|comments|comment|note|misc|\
         sonstiges|sonstige informationen|weitere informationen|bemerkungen|anmerkungen|sonstige angaben|autre|autres|\
         autres informations|remarques|commentaires|otros|otra informacion|observaciones|otras|altro|altre informazioni|\
         overig|overige informatie|opmerkingen|outros|outras informacoes|observacoes|inne|inne informacje|uwagi|その他|備考|\
         hosting|virtualisation|virtualization|virtualisierung|hypervisor",
    ),
    (
        Asks::Nothing,
        "log|logs|log file|log files|logfile|logfiles|time stamped|server side log|client side log|logdatei|logdateien|\
         journal|journaux|fichiers journaux|registros|registro|logbestand|logboek|dziennik|ログ|ログファイル|traces|subject|\
         betreff|objet|asunto|sent|phone|tel|telefon|mobile|fax|date|error|error message|problem|issue|ticket|case|\
         description|steps|expected|actual|contact|company|customer|licence|license|serial|host|hostname|ip|address|port|\
         server name|name of server|users|number of users|memory|ram|disk|cores",
    ),
];
