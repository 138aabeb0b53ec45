//! Words that tell how something is meant: denied, doubted, planned, past, somebody else's.
use std::sync::OnceLock;

use crate::phrases::Phrases;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// Denies what follows: "no", "without".
    No,
    /// Denies what follows where a verb of use or a name is next: "don't", "not".
    Not,
    /// Denies what stands before: "is disabled", "nicht verwendet".
    NotAfter,
    /// Looks like a denial and is none: "no problem", "not only".
    Harmless,
    /// Doubts what follows, to the end of the sentence.
    Doubt,
    /// Doubts the part of the sentence that it stands in and the one before: "will check".
    DoubtAfter,
    /// Plans what follows.
    Plan,
    /// Plans the part of the sentence that it stands in: "next year".
    PlanAfter,
    /// What follows in this part of the sentence is past: "the old", "used to".
    Past,
    /// A change that has happened: "upgraded".
    Changed,
    /// A change that may or may not have happened: "the upgrade".
    Change,
    /// A change that was undone: "rolled back".
    Back,
    /// A change that did not come about: "fails".
    Fails,
    /// Makes a change a thing of the past: "since", "after".
    Since,
    From,
    To,
    Now,
    /// Clients, users and their machines.
    Client,
    /// The far end, or another machine than the server: "partner", "domain controller".
    Elsewhere,
    /// The machine that this is about.
    Server,
    /// Ends a denial: "only", "but".
    But,
    Or,
    And,
    /// "using", "have": what a "not" needs.
    Use,
}

pub(crate) fn cues() -> &'static Phrases<Cue> {
    static CUES: OnceLock<Phrases<Cue>> = OnceLock::new();
    CUES.get_or_init(|| Phrases::new(ROWS.iter().map(|(cue, spellings)| (*spellings, *cue))))
}

const ROWS: &[(Cue, &str)] = &[
    (
        Cue::No,
        "no|without|none of|neither|nor|never|kein|keine|keinen|keinerlei|ohne|weder|sans|pas de|pas d|aucun|aucune|ni|sin|\
         ningun|ninguna|senza|nessun|nessuna|nessuno|geen|zonder|sem|nenhum|nenhuma|bez|brak|nie ma|no hay|nao ha|nao temos|\
         no tenemos|no usamos|no utilizamos|nao usamos|nao utilizamos|non usiamo|non utilizziamo|non abbiamo|il n y a pas|\
         nous n avons pas de|nous n utilisons pas|we don t have|we do not have|we don t use|we do not use|not using|\
         not running|n utilise pas|n utilisons pas|n avons pas|nie uzywamy|nie korzystamy z|nie mamy|nie uzywa|wij gebruiken geen|\
         niente|nada de|isn t any|is no|are no|there is no|there s no|there are no|haven t got|don t run|doesn t use|\
         do not run|does not use|don t have|do not have|no longer use|no longer using|stopped using|instead of|rather than|\
         except|except for|other than|all but|ausser|sauf|excepto|tranne|behalve|exceto|oprocz|n utilisons plus|n utilise plus|\
         n avons plus|n a plus|n est plus|ya no usamos|ya no tenemos|non usiamo piu|non utilizziamo piu|nao usamos mais|\
         don t do|do not do|don t offer|do not offer|don t allow|do not allow|don t support|don t need|do not need|\
         anstatt|statt|au lieu de|en lugar de|invece di|in plaats van|not running any|not behind|keine art von",
    ),
    (Cue::Not, "not|don t|doesn t|isn t|aren t|haven t|hasn t|nicht|non|nao|niet|nie|ne|won t|didn t|dont|doesnt|isnt"),
    (
        Cue::NotAfter,
        "off|\
         disabled|not used|not in use|not enabled|not active|switched off|turned off|is off|are off|not configured|\
         not installed|isn t used|aren t used|is not used|are not used|not needed|not involved|not any more|not anymore|\
         not present|not applicable|isn t enabled|not available|no longer used|no longer in use|nicht verwendet|\
         wird nicht verwendet|nicht mehr verwendet|wird nicht mehr verwendet|nicht genutzt|nicht mehr genutzt|\
         nicht im einsatz|nicht eingesetzt|deaktiviert|abgeschaltet|nutzen wir nicht|haben wir nicht|verwenden wir nicht|\
         nicht aktiv|nicht aktiviert|nicht vorhanden|desactive|desactivee|desactives|pas utilise|n est pas utilise|\
         non utilise|pas utilisee|desactivado|no se usa|no se utiliza|no esta activo|non usato|non utilizzato|\
         disabilitato|disattivato|non attivo|niet gebruikt|niet in gebruik|uitgeschakeld|wordt niet gebruikt|desativado|\
         nao usado|nao utilizado|desabilitado|nie uzywane|nie jest uzywane|nieuzywane|wylaczone|nie uzywany|wylaczony|\
         なし|無し|使用していません|使っていません|使用していない|未使用|ありません|利用していません|無効|利用していない|not yet|not in place|\
         noch nicht|pas encore|todavia no|non ancora|nog niet|ainda nao|jeszcze nie|not allowed|blocked|was removed|removed|\
         not something we use|is not something|not something|retired|phased out|abgeschafft|stillgelegt|ausser betrieb|\
         supprime|eliminado|rimosso|verwijderd|removido|廃止|shut off|deactivated|dropped|gibt es keinen|gibt es keine|gibt es nicht|gibt es keines|\
         haben wir keinen|haben wir keine|il n y en a pas|we don t have one|there is none|there isn t one|isn t in use|aren t in use|is not in use|are not in use|never used|was dropped|not supported",
    ),
    (
        Cue::Harmless,
        "no pueden|no puede|no podemos|no se puede|no funciona|no funcionan|no conecta|no arranca|non funziona|non funzionano|\
         non riesce|non riusciamo|non parte|non possono|non si connette|nao funciona|nao conseguem|nao conseguimos|nao conecta|\
         nie dziala|nie mozna|nie moga|ne fonctionne|ne fonctionnent|ne marche|ne peuvent|ne peut|werkt niet|lukt niet|\
         kunnen niet|funktioniert nicht|geht nicht|konnen nicht|kann nicht|nicht mehr|no longer works|no longer work|\
         no longer connect|non va|no responde|nicht erreichbar|\
         no problem|no problems|no issue|no issues|no error|no errors|no change|no changes|not only|no matter|no wonder|\
         no one|no success|no luck|no response|no answer|no reply|no connection|no access|no way|no such|no need|no doubt|\
         kein problem|keine probleme|keine anderung|keine anderungen|keine verbindung|nicht nur|pas seulement|\
         pas de probleme|no solo|non solo|niet alleen|nao so|nie tylko|sin problemas|senza problemi|without problems|\
         without any problems|without issues|without problem|sans probleme|ohne probleme|geen probleem|geen problemen|\
         sem problemas|bez problemu|without success|without any change|without error|no logs|no log|without errors|\
         nicht mehr erreichbar|not working|not able|not possible|no entry|no time stamps|no warning|not connecting",
    ),
    (
        Cue::Doubt,
        "i think|i believe|i guess|i suppose|i assume|we think|we believe|we assume|probably|maybe|perhaps|possibly|\
         presumably|likely|apparently|supposedly|not sure|unsure|might be|may be|could be|should be|must be|afaik|\
         as far as i know|if i remember|if i recall|i m guessing|no idea|don t know|do not know|not certain|either|\
         not quite sure|seems to be|roughly|i d say|my guess|ich glaube|ich denke|vermutlich|wahrscheinlich|vielleicht|\
         evtl|eventuell|wohl|moglicherweise|nicht sicher|soweit ich weiss|ich meine|muss|keine ahnung|musste|\
         je pense|je crois|peut etre|probablement|sans doute|il me semble|pas sur|je suppose|creo|creo que|quizas|quiza|\
         tal vez|probablemente|supongo|no estoy seguro|no se si|credo|penso|forse|probabilmente|non sono sicuro|suppongo|\
         ik denk|ik geloof|waarschijnlijk|misschien|vermoedelijk|niet zeker|acho|acho que|talvez|provavelmente|creio|\
         nao tenho certeza|chyba|mysle|prawdopodobnie|byc moze|moze|nie jestem pewien|wydaje mi sie|おそらく|たぶん|恐らく|\
         と思います|かもしれません|i m not sure|whether|ob|last time i looked|sauf erreur|salvo error|salvo errore|salvo erro|unless i m mistaken|wenn ich mich nicht irre|out of my head|from memory",
    ),
    (
        Cue::DoubtAfter,
        "will check|will verify|to be confirmed|tbc|tbd|to be checked|need to check|have to check|let me check|i think|\
         i believe|i guess|if i remember correctly|if i m not mistaken|or so|or something|or similar|not sure|will confirm|\
         need to ask|have to ask|nachsehen|nachschauen|muss ich prufen|prufe ich noch|glaube ich|denke ich|oder so|\
         a verifier|a confirmer|je verifie|je vais verifier|por confirmar|lo compruebo|a confirmar|da verificare|\
         da confermare|controllero|te controleren|ga ik na|moet ik nakijken|vou verificar|do sprawdzenia|sprawdze|\
         確認します|確認中|要確認|と思います|かもしれません|don t quote me|must check|double check|i ll check|i will check|we ll check",
    ),
    (
        Cue::Plan,
        "would be|we wish|please add|please support|would love|nice to have|feature request|wunschen|ware schon|serait|\
         nous aimerions|gustaria|vorremmo|vorrei|gostariamos|chcielibysmy|zou fijn zijn|graag|\
         plan|plans|planned|planning|going to|will be|will move|will upgrade|will migrate|will switch|will replace|\
         want to|wants to|would like to|intend to|intending|considering|consider|about to|thinking of|thinking about|\
         hope to|once we|when we move|when we upgrade|before we upgrade|before upgrading|before we move|should we|\
         we ll move|we ll upgrade|we ll switch|we re moving|we are moving|we will|planen|geplant|wollen|mochten|werden wir|\
         vorhaben|beabsichtigen|umsteigen auf|demnachst|bevor wir|prevoyons|prevu|envisageons|souhaitons|allons|\
         nous voulons|avant de|planeamos|vamos a|queremos|pensamos|tenemos previsto|planificado|prevediamo|vogliamo|\
         stiamo per|abbiamo intenzione|pianificato|plannen|gaan we|willen|van plan|gepland|planejamos|vamos|pretendemos|\
         planowana|planujemy|chcemy|zamierzamy|予定|計画|migrating to|evaluating|looking at moving|interested in|to be replaced by|\
         being replaced by|will get|scheduled|eventually|if we|wenn wir|si nous|asked to move|recommend|recommended|wenn man|\
         possible to use|support for|for the new version|upgrade path|looking to|bientot",
    ),
    (
        Cue::PlanAfter,
        "spater|wollen wir|mochten wir|planen wir|plus tard|mas adelante|piu avanti|pozniej|\
         next year|next month|next week|next quarter|soon|later this year|in the future|in future|is planned|are planned|\
         nachstes jahr|nachsten monat|nachste woche|geplant|in planung|l annee prochaine|prochainement|prevu|est prevue|\
         proximo ano|el ano que viene|pronto|prossimo anno|presto|volgend jaar|binnenkort|ano que vem|em breve|w przyszlym|\
         wkrotce|来年|来月|今後|予定|not live yet|is coming|to follow later|im herbst|planned",
    ),
    (
        Cue::Past,
        "was|war|etait|era|\
         old|former|formerly|previous|previously|used to|was on|were on|had been|until|earlier|before that|years ago|\
         back then|originally|started with|started on|worked in|worked with|worked on|worked fine with|worked fine in|\
         worked fine on|was running|were running|in the past|came from|it worked|everything worked|decommissioned|retired|\
         fruher|vorher|zuvor|bisher|ehemals|alte|alter|alten|altes|bis vor|ursprunglich|funktionierte|damals|lief|ancien|\
         ancienne|avant|auparavant|jusqu|autrefois|precedemment|antes|anteriormente|antiguo|hasta|funcionaba|prima|\
         precedentemente|vecchio|vecchia|fino a|in passato|vroeger|voorheen|oude|tot voor|eerder|antigo|antiga|anterior|ate|\
         dawniej|wczesniej|stary|stara|poprzednio|przedtem|以前|旧|was fine|in the old|prior to|we were|we had|used to have|last known good|\
         was working|we came from|did work|ran on|was still",
    ),
    (
        Cue::Changed,
        "upgraded|updated|migrated|moved|switched|changed|went|came|replaced|aktualisiert|umgestellt|migriert|gewechselt|\
         umgezogen|upgegradet|hochgezogen|geupdatet|avons migre|migre|mis a jour|passe|passes|sommes passes|actualizamos|\
         actualizado|migramos|migrado|pasamos|actualice|aggiornato|migrato|passati|bijgewerkt|geupgraded|gemigreerd|\
         overgestapt|overgegaan|atualizamos|atualizado|zaktualizowalismy|zaktualizowano|przeszlismy|アップグレードしました|\
         バージョンアップしました|移行しました|更新しました|アップデートしました|have upgraded|just upgraded|patched|upgegraded",
    ),
    (
        Cue::Change,
        "upgrade|update|upgrading|updating|migration|migrate|migrating|move|moving|switch|switching|umstieg|wechsel|\
         aktualisierung|mise a jour|passage|passer|actualizacion|actualizar|migracion|aggiornamento|aggiornare|upgraden|\
         migratie|overstap|atualizacao|atualizar|migracao|aktualizacja|aktualizacji|migracja|バージョンアップ|アップグレード|移行|更新|\
         umstellung|migrer|umsteigen|umzug",
    ),
    (
        Cue::Back,
        "rolled back|went back|downgraded|reverted|roll back|rolling back|zuruckgerollt|zuruckgegangen|zuruckgestellt|\
         revenus|revenu|volvimos|tornati|teruggegaan|voltamos|wrocilismy|切り戻し|ダウングレード",
    ),
    (
        Cue::Fails,
        "fails|failed|failing|aborts|aborted|breaks off|schlagt fehl|fehlgeschlagen|scheitert|bricht ab|echoue|falla|fallo|\
         fallisce|mislukt|falha|falhou|nie powiodla|失敗",
    ),
    (
        Cue::Since,
        "since|after|seit|nach|depuis|apres|desde|tras|despues|dopo|da quando|sinds|na|apos|depois|po|od|以降|から|後",
    ),
    (
        Cue::From,
        "from|von|vom|de la|depuis la|dal|dalla|da|della|de|del|van|z|ze|from version|von version|de versie|from the",
    ),
    (Cue::To, "to|auf|nach|vers|a la|hacia|alla|al|naar|para|do|na|a|zu|zur|with|by|durch|par|por|into|へ|に"),
    (
        Cue::Now,
        "now|currently|at the moment|today|at present|meanwhile|nowadays|these days|right now|jetzt|aktuell|derzeit|\
         momentan|heute|mittlerweile|inzwischen|maintenant|actuellement|aujourd hui|ahora|actualmente|hoy|adesso|ora|\
         attualmente|oggi|nu|momenteel|tegenwoordig|agora|atualmente|hoje|teraz|obecnie|dzisiaj|現在|今|the new one|still|\
         up to date|the new server|already",
    ),
    (
        Cue::Client,
        "client|clients|client side|client os|client pc|users use|users have|user s|users still|users work|workstation|\
         workstations|laptop|laptops|desktop|desktops|my pc|my machine|my computer|pcs|end users|endpoints|notebook|\
         arbeitsplatz|arbeitsplatze|clientseitig|arbeitsplatzrechner|rechner der anwender|kunden pc|anwender|poste client|\
         postes clients|postes|poste de travail|clientes|cliente|puesto|puestos|equipos de los usuarios|postazioni|postazione|\
         computer degli utenti|werkplek|werkplekken|gebruikers|estacoes|estacao|maquinas dos usuarios|stacje|stacja|\
         klient|klienci|klienta|クライアント|利用者端末|端末|our users|browser|browsers|macbook|s mac|home office|utilisateurs|\
         staff|colleagues|colleague|phone|iphone|android|tablet|my mac laptop|my own machine",
    ),
    (
        Cue::Elsewhere,
        "partner|partners|trading partner|remote side|remote server|remote system|other side|other end|far end|their|theirs|\
         the bank|bank s|counterparty|domain controller|domain controllers|database server|db server|sql box|dc|dcs|\
         jump host|build server|gegenseite|gegenstelle|partnerseite|domanencontroller|datenbankserver|partenaire|\
         partenaires|serveur de base de donnees|controleur de domaine|cote distant|socio|socios|servidor de base de datos|\
         controlador de dominio|controlador de domino|lato remoto|server del database|controller di dominio|andere kant|\
         databaseserver|domeincontroller|parceiro|parceiros|servidor de banco de dados|kontroler domeny|serwer bazy danych|\
         取引先|データベースサーバ|相手先|ドメインコントローラ|mainframe|erp server|mail server|exchange server|file server|print server|\
         fileserver|vendor s|supplier s|supplier|suppliers|bank runs|database runs|database is on|db runs|ad server|\
         monitoring server|backup server|customer s server|customers server|web server runs|proxy runs|ldap server|\
         sister company|another company|other company|other customers|next to|beside|neben dem|neben der|a cote de|\
         junto a|accanto a|release notes|changelog|documentation|the docs|manual|lieferant|lieferanten|fournisseur|proveedor|fornitore|leverancier|fornecedor|dostawca|hosts run|hypervisor|\
         hypervisors|datenbank lauft|esx hosts",
    ),
    (
        Cue::Server,
        "server|servers|server side|on the server|our server|the server|ours|the box|the machine|the host|our box|our side|\
         serverseitig|der server|unser server|serveur|notre serveur|cote serveur|servidor|nuestro servidor|nosso servidor|\
         il nostro server|onze server|de server|serwer|nasz serwer|サーバ|サーバー|installed on|hosted on|installation|we run|\
         we have|we use|we re on|we are on|wir haben|wir nutzen|wir setzen|nous avons|nous utilisons|tenemos|usamos|\
         abbiamo|usiamo|wij draaien|temos|mamy|product|produkt|runs on|running on",
    ),
    (
        Cue::But,
        "but|only|just|however|while|whereas|although|though|except that|aber|nur|sondern|wahrend|jedoch|nur noch|mais|seulement|\
         uniquement|tandis que|pero|solo|solamente|sino|mientras|ma|soltanto|solamente|mentre|maar|alleen|wel|terwijl|mas|\
         somente|apenas|enquanto|ale|tylko|jednak|natomiast|我|ただし|のみ|we use|we have|we run|using|it is|it s|nous utilisons|\
         wir nutzen|wir verwenden|usamos|usiamo|instead|everything else|the rest|local|lokale",
    ),
    (Cue::Or, "or|nor|oder|noch|ou|ni|o|u|of|lub|ani|czy|または|もしくは|bzw|and/or|e nem|nem|ne"),
    (Cue::And, "and|und|et|y|e|en|i|oraz|と|及び|sowie|plus|as well as|both"),
    (
        Cue::Use,
        "use|used|using|have|run|running|need|enabled|active|configured|installed|in|involved|any|a|an|there|behind|\
         clustered|connected|offer|allow|allowed|support|set|integrated|deployed|currently|actually|really|the|on|got|it|\
         usamos|utilizamos|usiamo|utilizziamo|abbiamo|abbiano|usa|usato|temos|tenemos|uzywamy|mamy|gebruiken|utilisons|avons",
    ),
];
