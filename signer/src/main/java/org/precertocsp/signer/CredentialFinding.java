package org.precertocsp.signer;

/// Something wrong with a credential.
///
/// @param rule its number in the requirement list, such as `RC-03`
/// @param fault what is wrong, with the value found
/// @param remedy what to do about it
public record CredentialFinding(Severity severity, String rule, String fault, String remedy) {
    public enum Severity {
        /// Start and reload are refused.
        ERROR,
        WARNING
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /// One line for people: `RC-03: … — remedy`.
    @Override
    public String toString() {
        return rule + ": " + fault + " — " + remedy;
    }
}
