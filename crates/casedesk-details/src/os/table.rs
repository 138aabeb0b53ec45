//! Operating systems, how people write them, and which versions there are.

/// How versions of a system are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grammar {
    /// `8.6`, `8 update 6`; the first number lies between these.
    Dotted(u64, u64),
    /// `2012 R2`.
    WindowsServer,
    /// Windows of which nothing was said whether it is a server: `10`, `2019`.
    Windows,
    /// `15 SP4`.
    Sles,
    /// `22.04`, or the year and month of a release.
    Ubuntu,
    /// `7.2 TL5 SP3`, `7200-05-03`.
    Aix,
    /// `11.4`, `10`, `5.10`.
    Solaris,
    /// `11i v3`, `11.31`.
    HpUx,
    /// `7.4`, `V7R4`.
    IbmI,
    /// No version is read.
    None,
}

/// An operating system as the tables know it.
#[derive(Debug)]
pub struct System {
    /// The vendor's name for it.
    pub name: &'static str,
    /// The product at endoflife.date, where it has one.
    pub slug: Option<&'static str>,
    pub(crate) grammar: Grammar,
    /// Parted by `|`.
    pub(crate) spellings: &'static str,
    /// Names of releases, and their versions.
    pub(crate) code_names: &'static [(&'static str, &'static str)],
    /// Whether servers seldom run on it.
    pub(crate) is_desktop: bool,
}

const fn system(
    name: &'static str,
    slug: &'static str,
    grammar: Grammar,
    spellings: &'static str,
    code_names: &'static [(&'static str, &'static str)],
) -> System {
    System { name, slug: Some(slug), grammar, spellings, code_names, is_desktop: false }
}

/// The place of Windows Server, which other spellings lead to.
pub(crate) const WINDOWS_SERVER: usize = 0;
/// "Linux" and no more.
pub(crate) const LINUX: usize = 2;

pub(crate) static SYSTEMS: &[System] = &[
    system(
        "Windows Server",
        "windows-server",
        Grammar::WindowsServer,
        "windows server|microsoft windows server|ms windows server|win server|winserver|windows srv|win srv|winsrv|\
         serveur windows|servidor windows|windows servidor|windows serveur|windows servers|win servers|ms windows srv|\
         windowsserver",
        &[],
    ),
    System {
        is_desktop: true,
        ..system("Windows", "windows", Grammar::Windows, "windows|win|microsoft windows|ms windows|ウィンドウズ", &[])
    },
    System { slug: None, ..system("Linux", "", Grammar::None, "linux|gnu linux|unix", &[]) },
    system(
        "Red Hat Enterprise Linux",
        "rhel",
        Grammar::Dotted(4, 12),
        "rhel|red hat|redhat|red hat enterprise linux|redhat enterprise linux|red hat enterprise|red hat linux|\
         redhat linux|rh enterprise linux|rhel server|red hat el|rhes|rh el|レッドハット",
        &[("maipo", "7"), ("ootpa", "8"), ("plow", "9")],
    ),
    system(
        "CentOS Stream",
        "centos-stream",
        Grammar::Dotted(8, 12),
        "centos stream|cent os stream|centos linux stream|centosstream",
        &[],
    ),
    system("CentOS", "centos", Grammar::Dotted(4, 8), "centos|cent os|centos linux", &[]),
    system("Rocky Linux", "rocky-linux", Grammar::Dotted(8, 12), "rocky|rocky linux|rockylinux|rocky os", &[]),
    system("AlmaLinux", "almalinux", Grammar::Dotted(8, 12), "almalinux|alma linux|alma|alma os|almalinux os", &[]),
    system(
        "Oracle Linux",
        "oracle-linux",
        Grammar::Dotted(5, 12),
        "oracle linux|oracle enterprise linux|oraclelinux|oracle linux server|oracle unbreakable linux|ol|oel",
        &[],
    ),
    system(
        "Amazon Linux",
        "amazon-linux",
        Grammar::Dotted(1, 2030),
        "amazon linux|amazonlinux|amazon linux ami|aws linux|amzn linux|al",
        &[],
    ),
    system(
        "SUSE Linux Enterprise Server",
        "sles",
        Grammar::Sles,
        "sles|suse linux enterprise server|suse linux enterprise|suse enterprise|suse|suse linux|suse sles|sle|\
         suse enterprise linux|suse enterprise server|suse sle|suse linux es",
        &[],
    ),
    system("openSUSE", "opensuse", Grammar::Dotted(13, 43), "opensuse|open suse|opensuse leap|suse leap", &[]),
    system(
        "Ubuntu",
        "ubuntu",
        Grammar::Ubuntu,
        "ubuntu|ubuntu server|ubuntu linux|ubuntu lts",
        &[("xenial", "16.04"), ("bionic", "18.04"), ("focal", "20.04"), ("jammy", "22.04"), ("noble", "24.04")],
    ),
    system(
        "Debian",
        "debian",
        Grammar::Dotted(6, 15),
        "debian|debian linux|debian gnu linux|debian gnu|debian server",
        &[
            ("jessie", "8"),
            ("stretch", "9"),
            ("buster", "10"),
            ("bullseye", "11"),
            ("bookworm", "12"),
            ("trixie", "13"),
        ],
    ),
    system("Fedora", "fedora", Grammar::Dotted(20, 60), "fedora|fedora linux|fedora server", &[]),
    system("Alpine Linux", "alpine-linux", Grammar::Dotted(3, 4), "alpine|alpine linux", &[]),
    system("IBM AIX", "ibm-aix", Grammar::Aix, "aix|ibm aix|aix unix", &[]),
    system("Solaris", "solaris", Grammar::Solaris, "solaris|oracle solaris|sun solaris|sunos|sun os", &[]),
    System { slug: None, ..system("HP-UX", "", Grammar::HpUx, "hp ux|hpux", &[]) },
    system("IBM i", "ibm-i", Grammar::IbmI, "ibm i|os/400|os400|i5/os|i5os|as/400|as400|iseries|ibm iseries|ibmi", &[]),
    System { slug: None, ..system("z/OS", "", Grammar::Dotted(1, 4), "z/os|zos", &[]) },
    System {
        is_desktop: true,
        ..system(
            "macOS",
            "macos",
            Grammar::Dotted(10, 27),
            "macos|mac os|mac os x|os x|osx|mac|macos x|apple macos",
            &[("catalina", "10.15"), ("monterey", "12"), ("ventura", "13"), ("sonoma", "14"), ("sequoia", "15")],
        )
    },
    system("FreeBSD", "freebsd", Grammar::Dotted(7, 16), "freebsd|free bsd", &[]),
    System { slug: None, ..system("OpenBSD", "", Grammar::Dotted(5, 8), "openbsd|open bsd", &[]) },
];

/// Versions of Windows Server, and what people leave of the year.
pub(crate) const SERVER_YEARS: &[(&str, &str)] = &[
    ("2000", "00"),
    ("2003", "03"),
    ("2008", "08"),
    ("2012", "12"),
    ("2016", "16"),
    ("2019", "19"),
    ("2022", "22"),
    ("2025", "25"),
];

pub(crate) const DESKTOP_VERSIONS: &[&str] = &["7", "8", "8.1", "10", "11", "xp", "vista"];

/// Architectures as they are written.
pub(crate) const ARCHITECTURES: &[(&str, &str)] = &[
    ("x86_64", "x86_64|amd64|x64|x86-64|intel 64|em64t|x 64|x86 64 bit|x86_64bit"),
    ("i686", "i686|i386|x86|32 bit|32bit|32 bits|ia32|i586|32 bit os"),
    ("aarch64", "aarch64|arm64|arm 64|graviton|apple silicon|armv8|ampere|arm"),
    ("ppc64le", "ppc64le|ppc64el|power le"),
    ("POWER", "power7|power8|power9|power10|power 8|power 9|power 10|ppc64|powerpc|lpar power|ibm power"),
    ("SPARC", "sparc|sparc64|ultrasparc|sun4v"),
    ("s390x", "s390x|s390|linuxone|ibm z|zlinux"),
    ("IA-64", "itanium|ia64|ia-64"),
    (SIXTY_FOUR_BIT, "64 bit|64bit|64 bits|64 bit os"),
];

/// "64 bit", which of the two is said by the system.
pub(crate) const SIXTY_FOUR_BIT: &str = "64-bit";
