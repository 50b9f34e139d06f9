package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.StatusAnswer;

/// Prints the result of `status`.
final class StatusReport {
    private final PrintWriter out;

    StatusReport(PrintWriter out) {
        this.out = out;
    }

    void print(StatusAnswer answer) {
        line("serial", answer.serial());
        line("issuer", answer.issuer());
        line("state", state(answer));
        answer.revocation().ifPresent(this::print);
        answer.notAfter().ifPresent(at -> line("expires", at.toString()));
        for (StatusAnswer.Evidence evidence : answer.evidence()) {
            line("evidence", "%s in %s".formatted(evidence.by(), source(evidence.source())));
            hashes(evidence.documentSha256(), evidence.contentSha256());
        }
        for (StatusAnswer.Event event : answer.history()) {
            line(
                    "history",
                    "%s %s, from %s".formatted(event.at(), event.what(), event.source().name()));
        }
        for (StatusAnswer.Conflict conflict : answer.conflicts()) {
            line("CONFLICT", conflict.why());
            line("", "in " + source(conflict.source()));
            hashes(conflict.documentSha256(), conflict.contentSha256());
        }
        out.flush();
    }

    private static String state(StatusAnswer answer) {
        return switch (answer.state()) {
            case "good" -> "good: assigned by " + by(answer) + ", not revoked";
            case "revoked" -> "revoked; assigned by " + by(answer);
            case "announced" ->
                    "announced %s, not yet assigned: clients receive tryLater"
                            .formatted(answer.announcedAt().map(Object::toString).orElse(""));
            default ->
                    "unassigned: no precertificate, certificate, list or CRL loaded so far names"
                            + " it";
        };
    }

    private static String by(StatusAnswer answer) {
        return switch (answer.assignedBy().orElse("")) {
            case "precertificate" -> "a precertificate";
            case "certificate" -> "a certificate";
            case "declaration" -> "a list that names it";
            default -> "its revocation alone: nobody announced this serial";
        };
    }

    private void print(StatusAnswer.Revoked revocation) {
        line(
                "revoked",
                "%s, reason %s (%d)%s"
                        .formatted(
                                revocation.at(),
                                revocation.reason(),
                                revocation.reasonCode(),
                                revocation
                                        .invalidityDate()
                                        .map(date -> ", invalid since " + date)
                                        .orElse("")));
    }

    private void hashes(Optional<Octets> document, Optional<Octets> content) {
        document.ifPresent(sha256 -> line("", "document SHA-256 " + sha256));
        content.ifPresent(sha256 -> line("", "content SHA-256  " + sha256));
    }

    private static String source(FeedSource source) {
        return "%s (%s), taken in %s, file SHA-256 %s"
                .formatted(source.name(), source.kind(), source.takenIn(), source.sha256());
    }

    private void line(String label, String text) {
        out.println("%-9s %s".formatted(label, Printable.of(text)));
    }
}
