"""The same words where a system speaks another language: what strerror(3) and gai_strerror(3) say.

Source: glibc's message catalogues (po/de.po, es.po, fr.po, it.po, ja.po, pt_BR.po, ru.po,
zh_CN.po, of several versions). Only ASCII is compared without regard to case, so a phrase whose
first letter is another one begins with the second."""

from __future__ import annotations

from collections.abc import Mapping

from prober.symptom.model import Failure

LOCALES: Mapping[Failure, tuple[str, ...]] = {
    Failure.REFUSED: (
        "verbindungsaufbau abgelehnt", "connexion refusée", "conexión rehusada",
        "connessione rifiutata", "conexão recusada", "接続を拒否されました", "拒绝连接",
        "连接被拒绝", "соединении отказано",
    ),
    Failure.TIMEOUT: (
        "wartezeit für die verbindung ist abgelaufen", "zeitüberschreitung der verbindung",
        "connexion terminée par expiration du délai", "délai de connexion dépassé",
        "expiró el tiempo de conexión", "connessione scaduta", "tempo esgotado para conexão",
        "接続がタイムアウトしました", "连接超时", "ремя ожидания соединения истекло",
    ),
    Failure.RESET: (
        "vom kommunikationspartner zurückgesetzt", "connexion ré-initialisée par le correspondant",
        "connexion réinitialisée par le correspondant",
        "conexión reinicializada por la máquina remota",
        "connessione interrotta dal corrispondente",
        "conexão fechada pela outra ponta", "接続が相手からリセットされました", "连接被对方重",
        "оединение разорвано другой стороной",
    ),
    Failure.UNREACHABLE: (
        "keine route zum zielrechner", "das netzwerk ist nicht erreichbar",
        "aucun chemin d'accès pour atteindre l'hôte", "le réseau n'est pas accessible",
        "no existe ninguna ruta hasta el", "la red es inaccesible",
        "nessun instradamento per l'host", "la rete non è raggiungibile",
        "não há rota para o host", "a rede está fora de alcance", "ホストへの経路がありません",
        "ネットワークに到達できません", "没有到主机的路由", "网络不可达", "ет маршрута до узла",
        "еть недоступна",
    ),
    Failure.NO_SUCH_HOST: (
        "der name oder der dienst ist nicht bekannt", "nom ou service inconnu",
        "nombre o servicio desconocido", "nome o servizio sconosciuto",
        "nome ou serviço desconhecido", "名前またはサービスが不明です", "未知的名称或服务",
        "еизвестное имя или служба",
    ),
    Failure.DNS_TIMEOUT: (
        "temporärer fehler bei der namensauflösung",
        "chec temporaire dans la résolution du nom", "fallo temporal en la resolución del nombre",
        "errore temporaneo nella risoluzione del nome",
        "falha temporária na resolução de nome", "名前解決に一時的に失敗しました",
        "域名解析暂时失败", "ременный сбой в разрешении имен",
    ),
}  # fmt: skip
