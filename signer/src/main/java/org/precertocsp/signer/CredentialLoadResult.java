package org.precertocsp.signer;

import java.util.List;

/// The result of reading a credential.
public sealed interface CredentialLoadResult {
    /// All findings, errors and warnings together.
    List<CredentialFinding> findings();

    /// @param findings warnings only
    record Ready(ResponderCredential credential, List<CredentialFinding> findings)
            implements CredentialLoadResult {
        public Ready {
            findings = List.copyOf(findings);
        }
    }

    /// @param findings at least one error
    record Refused(List<CredentialFinding> findings) implements CredentialLoadResult {
        public Refused {
            findings = List.copyOf(findings);
        }
    }
}
