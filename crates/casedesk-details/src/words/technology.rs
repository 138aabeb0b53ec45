//! Names of protocols, products and measures.
use std::sync::OnceLock;

use crate::Field;
use crate::phrases::Phrases;

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thing {
    pub(crate) field: Field,
    /// What kind of thing, such as `firewall`; the whole value where there is no name.
    pub(crate) kind: &'static str,
    /// Of which make.
    pub(crate) name: Option<&'static str>,
    /// Whether a version belongs to the value.
    pub(crate) versioned: bool,
    /// The product at endoflife.date.
    pub(crate) key: Option<&'static str>,
}

const fn plain(field: Field, kind: &'static str) -> Thing {
    Thing { field, kind, name: None, versioned: false, key: None }
}

const fn versioned(field: Field, kind: &'static str, key: Option<&'static str>) -> Thing {
    Thing { field, kind, name: None, versioned: true, key }
}

const fn made(kind: &'static str, name: &'static str) -> Thing {
    Thing { field: Field::Integrations, kind, name: Some(name), versioned: false, key: None }
}

/// Kinds of which one make can be any: "Sophos" is what the word beside it says.
pub(crate) const KINDS_OF_ONE_MAKER: &[&str] =
    &["firewall", "antivirus", "proxy", "reverse proxy", "load balancer", "web application firewall", "web server"];

pub(crate) fn things() -> &'static Phrases<Thing> {
    static THINGS: OnceLock<Phrases<Thing>> = OnceLock::new();
    THINGS.get_or_init(|| {
        let plain_rows = [
            (Field::Protocols, PROTOCOLS),
            (Field::HighAvailability, HIGH_AVAILABILITY),
            (Field::Integrations, INTEGRATIONS),
            (Field::Security, SECURITY),
            (Field::Other, PLATFORMS),
        ];
        let plain = plain_rows
            .into_iter()
            .flat_map(|(field, rows)| rows.iter().map(move |(kind, spellings)| (*spellings, plain(field, kind))));
        let made = MAKES.iter().map(|(kind, name, spellings)| (*spellings, made(kind, name)));
        let stores = DATABASES.iter().map(|(kind, key, words)| (*words, versioned(Field::Database, kind, *key)));
        let runtimes = RUNTIMES.iter().map(|(kind, key, words)| (*words, versioned(Field::Runtime, kind, *key)));
        Phrases::new(plain.chain(made).chain(stores).chain(runtimes))
    })
}

const PROTOCOLS: &[(&str, &str)] = &[
    ("SFTP", "sftp|ssh ftp|ssh file transfer|ftp over ssh|ftp via ssh|ssh/sftp|sftps"),
    ("FTP", "ftp|plain ftp|ftp unencrypted"),
    ("FTPS", "ftps|ftp/s|ftp s|ftp over tls|ftp over ssl|ftp ssl|ftp tls|ftp with tls|ftp mit tls|ftps/tls|ftp(s)"),
    (
        "FTPS (implicit)",
        "implicit ftps|ftps implicit|ftps implizit|implizites ftps|ftps implicite|ftps implicito|ftps impliciet|\
         ftps (implicit)|ftps (implicit tls)|ftps (implicit ssl)|implicit ftp/s|ftps implicit mode",
    ),
    (
        "FTPS (explicit)",
        "explicit ftps|ftps explicit|ftps explizit|explizites ftps|ftps explicite|ftps explicito|ftpes|ftp es|\
         ftps expliciet|ftps (explicit)|ftps (explicit tls)|ftps (explicit ssl)|explicit ftp/s|auth tls",
    ),
    ("HTTPS", "https|http/s|http over tls|web transfer client|https web client"),
    ("HTTP", "http"),
    ("AS2", "as2|applicability statement 2"),
    ("AS4", "as4"),
    ("SCP", "scp|scp2|secure copy"),
    ("WebDAV", "webdav|web dav|webdavs|dav"),
    ("OFTP2", "oftp2|oftp|odette|odette ftp"),
    ("PeSIT", "pesit"),
    ("TFTP", "tftp"),
    ("rsync", "rsync"),
];

const HIGH_AVAILABILITY: &[(&str, &str)] = &[
    (
        "active-active",
        "active active|active/active|active-active|aktiv aktiv|actif actif|activo activo|attivo attivo|actief actief|\
         ativo ativo|アクティブ/アクティブ|aktywny aktywny|active/active cluster|active active cluster",
    ),
    (
        "active-passive",
        "active passive|active/passive|active standby|aktiv passiv|actif passif|activo pasivo|attivo passivo|\
         actief passief|ativo passivo|hot standby|warm standby|cold standby|master slave|primary secondary|\
         アクティブ/スタンバイ|アクティブ/パッシブ|aktywny pasywny",
    ),
    (
        "cluster",
        "cluster|clustered|clustering|failover cluster|windows cluster|grappe|failover|clusters|klaster|klastra|klastrze|klastrem|clusters|クラスタ|クラスター|\
         cluster de basculement|ms cluster|wsfc|pacemaker|veritas cluster|powerha|hacmp|rac",
    ),
    ("load balancing", "load balanced|load balancing|load-balanced|lastverteilung|repartition de charge"),
    ("replication", "replicated|replication|dfs r|drbd|replikation|mirroring"),
    (
        "none",
        "standalone|stand alone|single server|single node|single instance|one server only|einzelserver|single machine|\
         einzelner server|un seul serveur|serveur unique|servidor unico|un solo servidor|nodo singolo|server singolo|\
         enkele server|um so servidor|pojedynczy serwer|単一サーバ|シングル構成|one box only|single box|just one server|\
         only one server|not clustered|non clustered|unclustered|ein einzelner server|single host|nur ein server",
    ),
    ("VMware HA", "vmware ha|vsphere ha|ha vmware|vmware high availability|vsphere high availability"),
    (
        ANY_AVAILABILITY,
        "ha|high availability|hochverfugbarkeit|haute disponibilite|alta disponibilidad|redundancy|redundant|\
      alta disponibilita|alta affidabilita|hoge beschikbaarheid|alta disponibilidade|wysoka dostepnosc|redundanz|冗長構成|\
      hochverfugbar|redundanten|冗長化|redundance|redondance|ridondanza|redundancia|redundantie|redundancja|resilience",
    ),
];

/// Highly available, of which kind was not said.
pub(crate) const ANY_AVAILABILITY: &str = "high availability";

const INTEGRATIONS: &[(&str, &str)] = &[
    (
        "firewall",
        "firewall|firewalls|pare feu|parefeu|cortafuegos|brandmauer|zapora|zapora sieciowa|zapory|ファイアウォール|ファイアーウォール|\
         firewal|fw",
    ),
    ("proxy", "proxy|proxies|proxy server|http proxy|forward proxy|プロキシ|serveur mandataire|web proxy"),
    (
        "reverse proxy",
        "reverse proxy|reverse proxies|reverseproxy|proxy inverse|proxy inverso|リバースプロキシ|reverse proxys",
    ),
    (
        "load balancer",
        "load balancer|load balancers|loadbalancer|lastverteiler|equilibreur de charge|balanceador|balanceador de carga|\
         bilanciatore|bilanciatore di carico|負荷分散装置|ロードバランサ|ロードバランサー|repartiteur de charge|lb|slb|\
         loadbalancers|rownowazenie obciazenia|balanceador de cargas|nlb|alb|elb|equilibrador de carga",
    ),
    ("web application firewall", "waf|web application firewall"),
    ("LDAP", "ldap|ldaps|ldap server|ldap directory"),
    (
        "Active Directory",
        "active directory|ad|ms ad|microsoft active directory|aktives verzeichnis|directorio activo|msad|ad ds|\
         アクティブディレクトリ|activedirectory|active dir|domain joined|ad domain|windows domain|windows authentication",
    ),
    (
        "single sign-on",
        "single sign on|sso|single signon|authentification unique|シングルサインオン|einmalanmeldung|inicio de sesion unico|\
         logowanie jednokrotne|eenmalige aanmelding",
    ),
    ("SAML", "saml|saml2|saml 2|saml 2.0|saml2.0"),
    ("OIDC", "oidc|openid connect|open id connect|openid|oauth2|oauth|oauth 2.0|oauth 2"),
    ("Kerberos", "kerberos"),
    ("RADIUS", "radius"),
    (
        "antivirus",
        "antivirus|anti virus|virus scanner|virusscanner|virenscanner|virenschutz|antiviren|antimalware|anti malware|av|\
         malware scanner|antywirus|antivirusscanner|virus scan|virus scanning|アンチウイルス|ウイルス対策|on access scanner|\
         virenscan|edr|endpoint protection",
    ),
    ("ICAP", "icap"),
    ("DLP", "dlp|data loss prevention|data leakage prevention"),
    (
        "monitoring",
        "monitoring|uberwachung|supervision|monitoreo|monitorizacion|monitoraggio|monitoramento|monitorowanie|監視|\
         monitored|bewaking|snmp",
    ),
    ("SIEM", "siem|syslog server"),
    ("HSM", "hsm|hardware security module"),
    ("management software", "management software|managementsoftware|verwaltungssoftware|configuration management"),
    ("IDS/IPS", "ids/ips|ids|ips|intrusion detection|intrusion prevention"),
    ("backup", "backup software|backup agent"),
    ("NAS", "nas|network attached storage|smb share|nfs share|nfs|file share|cifs share|cifs|unc share|smb"),
    ("SAN", "san|shared san"),
];

const MAKES: &[(&str, &str, &str)] = &[
    ("firewall", "Palo Alto", "palo alto|paloalto|palo alto networks|pan os"),
    ("firewall", "Fortinet", "fortinet|fortigate|forti gate|fortios|fortiweb"),
    ("firewall", "Check Point", "check point|checkpoint"),
    ("firewall", "Cisco", "cisco asa|cisco firepower|cisco|asa"),
    ("firewall", "Juniper", "juniper|juniper srx|srx"),
    ("firewall", "Sophos", "sophos|sophos xg|sophos utm|sophos xgs"),
    ("firewall", "SonicWall", "sonicwall|sonic wall"),
    ("firewall", "Stormshield", "stormshield"),
    ("firewall", "WatchGuard", "watchguard"),
    ("firewall", "Barracuda", "barracuda"),
    ("firewall", "pfSense", "pfsense|opnsense"),
    ("firewall", "Windows", "windows firewall|windows defender firewall"),
    ("firewall", "iptables", "iptables|firewalld|nftables|ufw"),
    ("firewall", "Forcepoint", "forcepoint|stonesoft"),
    ("load balancer", "F5", "f5|f5 big ip|big ip|bigip|f5 ltm|f5 load balancer|f5 loadbalancer"),
    ("load balancer", "NetScaler", "netscaler|citrix adc|citrix netscaler"),
    ("load balancer", "HAProxy", "haproxy|ha proxy"),
    ("load balancer", "Kemp", "kemp|kemp loadmaster|loadmaster"),
    ("load balancer", "A10", "a10 networks"),
    ("load balancer", "Azure", "azure load balancer"),
    ("load balancer", "AWS", "aws load balancer|aws nlb|aws alb|aws elb"),
    ("load balancer", "keepalived", "keepalived"),
    ("reverse proxy", "nginx", "nginx|ngnix"),
    ("reverse proxy", "Traefik", "traefik"),
    ("web server", "Apache", "apache|apache httpd|apache http server|httpd"),
    ("web server", "IIS", "iis|internet information services"),
    ("proxy", "Squid", "squid"),
    ("proxy", "Zscaler", "zscaler"),
    ("proxy", "Blue Coat", "blue coat|bluecoat"),
    ("web application firewall", "ModSecurity", "modsecurity|mod security"),
    ("web application firewall", "Cloudflare", "cloudflare"),
    ("web application firewall", "Imperva", "imperva"),
    ("LDAP", "OpenLDAP", "openldap|open ldap"),
    ("LDAP", "eDirectory", "edirectory|novell edirectory"),
    ("LDAP", "389 Directory Server", "389 directory server|389ds|red hat directory server"),
    ("LDAP", "FreeIPA", "freeipa|ipa server|red hat idm"),
    ("single sign-on", "Okta", "okta|okta sso"),
    (
        "single sign-on",
        "Entra ID",
        "entra|entra id|azure ad|azuread|azure active directory|aad|microsoft entra id|microsoft entra",
    ),
    ("single sign-on", "AD FS", "adfs|ad fs|active directory federation services"),
    ("single sign-on", "Keycloak", "keycloak"),
    ("single sign-on", "Ping", "pingfederate|ping federate|ping identity|pingid"),
    ("single sign-on", "OneLogin", "onelogin"),
    ("single sign-on", "Shibboleth", "shibboleth"),
    ("single sign-on", "Google", "google workspace"),
    ("two-factor", "Duo", "duo|cisco duo|duo security"),
    ("two-factor", "RSA SecurID", "rsa securid|securid"),
    ("two-factor", "privacyIDEA", "privacyidea"),
    ("antivirus", "ClamAV", "clamav|clam av|clamd"),
    ("antivirus", "Symantec", "symantec|symantec endpoint protection|sep|norton"),
    ("antivirus", "McAfee", "mcafee|trellix|mc afee"),
    ("antivirus", "Trend Micro", "trend micro|trendmicro|deep security|apex one"),
    ("antivirus", "Defender", "defender|windows defender|microsoft defender|ms defender|defender for endpoint"),
    ("antivirus", "ESET", "eset|nod32"),
    ("antivirus", "Kaspersky", "kaspersky"),
    ("antivirus", "CrowdStrike", "crowdstrike|crowdstrike falcon|falcon sensor"),
    ("antivirus", "SentinelOne", "sentinelone|sentinel one"),
    ("antivirus", "Bitdefender", "bitdefender"),
    ("antivirus", "Sophos", "sophos antivirus|sophos endpoint|sophos av|sophos intercept x"),
    ("DLP", "Symantec", "symantec dlp"),
    ("DLP", "Forcepoint", "forcepoint dlp"),
    ("DLP", "McAfee", "mcafee dlp"),
    ("monitoring", "Nagios", "nagios|nagios xi|icinga|icinga2|icinga 2"),
    ("monitoring", "Zabbix", "zabbix|zabbix agent"),
    ("monitoring", "PRTG", "prtg"),
    ("monitoring", "SCOM", "scom|system center operations manager"),
    ("monitoring", "SolarWinds", "solarwinds|solar winds"),
    ("monitoring", "Datadog", "datadog|data dog"),
    ("monitoring", "Prometheus", "prometheus|grafana"),
    ("monitoring", "Dynatrace", "dynatrace"),
    ("monitoring", "New Relic", "new relic|newrelic"),
    ("monitoring", "Tivoli", "tivoli|ibm tivoli|tivoli monitoring"),
    ("monitoring", "Centreon", "centreon"),
    ("monitoring", "Checkmk", "checkmk|check mk"),
    ("SIEM", "Splunk", "splunk|splunk forwarder"),
    ("SIEM", "QRadar", "qradar"),
    ("SIEM", "Elastic", "elastic|elk|elasticsearch|elk stack|filebeat"),
    ("SIEM", "Graylog", "graylog"),
    ("SIEM", "Sentinel", "azure sentinel|microsoft sentinel"),
    ("SIEM", "ArcSight", "arcsight"),
    ("SIEM", "Wazuh", "wazuh|wazuh agent"),
    ("HSM", "Thales", "thales|thales hsm|hsm thales|hsm from thales|ciphertrust"),
    ("HSM", "Luna", "luna hsm|safenet luna|thales luna|luna network hsm"),
    ("HSM", "nCipher", "ncipher|nshield|entrust nshield"),
    ("HSM", "Utimaco", "utimaco"),
    ("HSM", "YubiHSM", "yubihsm"),
    ("management software", "Ansible", "ansible|ansible tower|awx"),
    ("management software", "Puppet", "puppet"),
    ("management software", "SCCM", "sccm|mecm|configuration manager|endpoint configuration manager"),
    ("management software", "Intune", "intune"),
    ("management software", "Satellite", "red hat satellite"),
    ("management software", "CyberArk", "cyberark|cyber ark"),
    ("management software", "Tanium", "tanium"),
    ("management software", "SaltStack", "saltstack"),
    ("management software", "BigFix", "bigfix"),
    ("scheduler", "Control-M", "control m|controlm|bmc control m"),
    ("scheduler", "Automic", "automic|uc4"),
    ("scheduler", "AutoSys", "autosys"),
    ("scheduler", "Tidal", "tidal workload automation"),
    ("backup", "Veeam", "veeam|veeam backup"),
    ("backup", "Commvault", "commvault"),
    ("backup", "NetBackup", "netbackup|veritas netbackup"),
    ("backup", "TSM", "tsm|spectrum protect"),
    ("NAS", "NetApp", "netapp|net app"),
    ("NAS", "Isilon", "isilon|powerscale"),
    ("IDS/IPS", "Snort", "snort"),
    ("IDS/IPS", "Suricata", "suricata"),
];

const DATABASES: &[(&str, Option<&str>, &str)] = &[
    (
        "SQL Server",
        Some("mssqlserver"),
        "sql server|mssql|ms sql|ms sql server|microsoft sql server|microsoft sql|mssqlserver|sqlserver|sql express|\
         sql server express|ms sql express|ms sqlserver|mssql server|sql",
    ),
    ("PostgreSQL", Some("postgresql"), "postgresql|postgres|postgre|pgsql|postgre sql|postgressql|pg"),
    (
        "Oracle Database",
        Some("oracle-database"),
        "oracle|oracle database|oracle db|oracle rdbms|oracle datenbank|base oracle|oracledb|oracle rac",
    ),
    ("MySQL", Some("mysql"), "mysql|my sql|mysql server|mysql community"),
    ("MariaDB", Some("mariadb"), "mariadb|maria db"),
    ("Db2", None, "db2|ibm db2|db2 luw|udb"),
    ("Informix", None, "informix"),
    ("H2", None, "h2|h2 database"),
    ("Derby", None, "derby|apache derby"),
    ("HSQLDB", None, "hsqldb|hypersql"),
    ("SQLite", Some("sqlite"), "sqlite"),
    (
        EMBEDDED,
        None,
        "embedded database|built in database|internal database|builtin database|interne datenbank|base interne|\
         eingebaute datenbank|embedded db|internal db|mitgelieferte datenbank|bundled database|base de donnees interne|\
         base de datos interna|database interno|内蔵データベース|内蔵db|default database|interne database|database incorporato",
    ),
];

pub(crate) const EMBEDDED: &str = "embedded";

const RUNTIMES: &[(&str, Option<&str>, &str)] = &[
    ("OpenJDK", Some("oracle-jdk"), "openjdk|open jdk|java openjdk|openjdk jre"),
    ("Oracle JDK", Some("oracle-jdk"), "oracle jdk|oracle java|oracle jre|sun java"),
    ("Temurin", Some("eclipse-temurin"), "temurin|adoptopenjdk|adoptium|eclipse temurin"),
    ("Corretto", Some("amazon-corretto"), "corretto|amazon corretto"),
    ("Zulu", Some("azul-zulu"), "zulu|azul zulu"),
    ("IBM Java", None, "ibm java|ibm jdk|ibm j9|ibm semeru|semeru"),
    ("Java", Some("oracle-jdk"), "java|jre|jdk|java se|jvm|java runtime|java runtime environment|javaversion"),
    (".NET Framework", Some("dotnetfx"), "net framework|dotnet framework|dot net framework|ms net framework"),
    (".NET", Some("dotnet"), "dotnet|net core|dot net|asp net core|net runtime|net desktop runtime"),
    ("Tomcat", Some("tomcat"), "tomcat|apache tomcat"),
    ("JBoss", None, "jboss|wildfly|jboss eap"),
    ("WebLogic", None, "weblogic|oracle weblogic"),
    ("WebSphere", None, "websphere|was liberty"),
    ("Jetty", None, "jetty"),
    ("Python", Some("python"), "python"),
];

const SECURITY: &[(&str, &str)] = &[
    ("TLS 1.0", "tls 1.0|tls1.0|tlsv1.0|tls v1.0|tls1"),
    ("TLS 1.1", "tls 1.1|tls1.1|tlsv1.1|tls v1.1"),
    ("TLS 1.2", "tls 1.2|tls1.2|tlsv1.2|tls v1.2|tls 1 2|tls 1.2+"),
    ("TLS 1.3", "tls 1.3|tls1.3|tlsv1.3|tls v1.3|tls 1 3"),
    ("FIPS 140", "fips|fips 140|fips 140 2|fips 140 3|fips140|fips mode|fips 140 2 mode|fips modus"),
    (
        "two-factor authentication",
        "mfa|2fa|two factor|two factor authentication|multi factor|multi factor authentication|zwei faktor|totp|\
         zwei faktor authentifizierung|二要素認証|多要素認証|double authentification|multifactor|autenticacion de dos factores",
    ),
    ("PGP", "pgp|gpg|gnupg|openpgp|pgp encryption|pgp verschlusselung"),
    ("SELinux", "selinux|selinux enforcing|se linux"),
    ("AppArmor", "apparmor"),
    ("DMZ", "dmz|demilitarised zone|demilitarized zone|dmz gateway"),
    ("VPN", "vpn|ipsec|site to site vpn|vpn tunnel"),
    (
        "IP allow list",
        "ip whitelist|ip whitelisting|ip allow list|ip allowlist|ip filter|ip filtering|ip restrictions|ip restriction|\
         whitelisted ips|ip allowlisting|ip filterung|whitelist|allowlist|liste blanche|lista blanca",
    ),
    (
        "public-key authentication",
        "public key|public key authentication|ssh keys|ssh key|key based authentication|ssh key authentication|pubkey|\
         public keys|key authentication|schlusselauthentifizierung|公開鍵認証",
    ),
    (
        "client certificates",
        "client certificates|client certificate|clientzertifikate|mutual tls|mtls|certificats client",
    ),
    ("PCI DSS", "pci|pci dss|pci compliant|pci compliance"),
    ("encryption at rest", "encryption at rest|encrypted at rest|disk encryption|bitlocker|luks"),
    ("hardened", "hardened|cis hardened|cis benchmark|cis hardening|gehartet"),
];

const PLATFORMS: &[(&str, &str)] = &[
    ("VMware", "vmware|esxi|vsphere|vcenter|vmware esxi|vmware vsphere|esx|vmware vm|vmware guest"),
    ("Hyper-V", "hyper v|hyperv"),
    ("KVM", "kvm|qemu|libvirt"),
    ("Proxmox", "proxmox"),
    ("Nutanix", "nutanix|nutanix ahv"),
    ("Xen", "xenserver|citrix xenserver|citrix hypervisor"),
    ("AWS", "aws|ec2|amazon web services|amazon ec2|ec2 instance in aws|aws ec2"),
    ("Azure", "azure|azure vm|microsoft azure"),
    ("Google Cloud", "google cloud|gcp|google cloud platform|gce"),
    ("Docker", "docker|docker container|docker compose|docker image"),
    ("Podman", "podman"),
    ("Kubernetes", "kubernetes|k8s|openshift|aks|eks|gke|rancher"),
    ("Citrix", "citrix"),
];

/// Programs of users, whose versions and systems are not the server's.
pub(crate) fn client_programs() -> &'static Phrases<()> {
    static PROGRAMS: OnceLock<Phrases<()>> = OnceLock::new();
    PROGRAMS.get_or_init(|| Phrases::new([(CLIENT_PROGRAMS, ())]))
}

const CLIENT_PROGRAMS: &str = "filezilla|file zilla|filezilla client|winscp|win scp|cyberduck|putty|psftp|pscp|curl|wget|\
    lftp|ws ftp|wsftp|coreftp|core ftp|smartftp|smart ftp|cuteftp|cute ftp|mobaxterm|total commander|firefox|chrome|\
    edge|safari|outlook|internet explorer|ie 11|ie11|thunderbird|bitvise|flashfxp|transmit|openssh client|chromium|word|\
    excel|office|teams|paramiko|jsch|rebex|winrar|postman|lotus notes|acrobat";
