package org.precertocsp.responder.monitor.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Commitment;
import org.precertocsp.responder.status.Dossier;

/// The precertificates and certificates with one serial, from all sources.
final class Documents {
    private static final List<Source> SOURCES = List.of(Source.STORE, Source.FILES, Source.LOGS);

    private Documents() {}

    static boolean isFromLog(Dossier.Evidence evidence) {
        return evidence.source().isLog();
    }

    /// From the store, files and logs, in this order.
    static Stream<Dossier.Evidence> evidence(Facts facts) {
        return SOURCES.stream()
                .flatMap(source -> facts.dossier(source).stream())
                .flatMap(dossier -> dossier.evidence().stream());
    }

    /// Such as `precertificate 1a2b… (certificates new.pem)`.
    static String text(Dossier.Evidence evidence) {
        String sha256 =
                evidence.commitment().map(it -> " " + it.documentSha256().toHex()).orElse("");
        return "%s%s (%s %s)"
                .formatted(
                        evidence.by(), sha256, evidence.source().kind(), evidence.source().name());
    }

    /// Its position in a log.
    static String sighting(Facts facts) {
        return facts.dossier(Source.LOGS).stream()
                .flatMap(dossier -> dossier.history().stream())
                .map(Dossier.Event::what)
                .findFirst()
                .orElse("known from logs");
    }

    /// Two documents that belong to different certificates, or empty (SS-11 to SS-13).
    static Optional<String> conflict(Facts facts) {
        List<Dossier.Evidence> documents =
                evidence(facts).filter(it -> it.commitment().isPresent()).toList();
        for (Dossier.Evidence other : documents) {
            Dossier.Evidence first = documents.getFirst();
            if (!content(first).equals(content(other))) {
                boolean same = first.by() == other.by() && other.by() == AssignedBy.PRECERTIFICATE;
                return Optional.of(
                        "%s and %s are different certificates (%s)"
                                .formatted(text(first), text(other), same ? "SS-12" : "SS-13"));
            }
        }
        return disputed(facts).stream().findFirst();
    }

    private static String content(Dossier.Evidence evidence) {
        return evidence.commitment().map(Commitment::contentSha256).orElseThrow().toHex();
    }

    /// Conflicts that a source found itself.
    private static List<String> disputed(Facts facts) {
        List<String> all = new ArrayList<>();
        for (Source source : SOURCES) {
            for (Dossier.Conflict conflict :
                    facts.dossier(source).map(Dossier::conflicts).orElse(List.of())) {
                all.add(
                        "%s (%s %s)"
                                .formatted(
                                        conflict.why(),
                                        conflict.source().kind(),
                                        conflict.source().name()));
            }
        }
        return all;
    }
}
