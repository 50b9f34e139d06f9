package org.precertocsp.signer;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.signer.CredentialFinding.Severity;

/// Collects the findings of a check. Not thread-safe.
final class CredentialFindings {
    private final boolean strict;
    private final List<CredentialFinding> found = new ArrayList<>();

    /// @param strict whether a violation of Baseline Requirements alone is an error
    CredentialFindings(boolean strict) {
        this.strict = strict;
    }

    boolean isStrict() {
        return strict;
    }

    /// An error under every profile.
    void error(String rule, String fault, String remedy) {
        found.add(new CredentialFinding(Severity.ERROR, rule, fault, remedy));
    }

    /// Forbidden by Baseline Requirements, allowed by RFC 5280 and RFC 6960.
    void baseline(String rule, String fault, String remedy) {
        Severity severity = strict ? Severity.ERROR : Severity.WARNING;
        found.add(new CredentialFinding(severity, rule, fault, remedy));
    }

    void warning(String rule, String fault, String remedy) {
        found.add(new CredentialFinding(Severity.WARNING, rule, fault, remedy));
    }

    List<CredentialFinding> list() {
        return List.copyOf(found);
    }
}
