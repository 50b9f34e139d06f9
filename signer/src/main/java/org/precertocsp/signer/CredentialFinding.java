package org.precertocsp.signer;

/// A problem of a credential.
///
/// @param rule its number in the requirement list, such as `RC-03`
/// @param fault the problem, with the value found
/// @param remedy how to fix it
public record CredentialFinding(Severity severity, String rule, String fault, String remedy) {
    public enum Severity {
        /// The credential is rejected at start and reload.
        ERROR,
        WARNING
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /// One line of text: `RC-03: … — remedy`.
    @Override
    public String toString() {
        return rule + ": " + fault + " — " + remedy;
    }
}
