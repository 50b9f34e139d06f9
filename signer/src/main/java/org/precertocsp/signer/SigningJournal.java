package org.precertocsp.signer;

import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.ValidityWindow;

/// Records the use of keys (LG-01). Thread-safe.
@FunctionalInterface
public interface SigningJournal {
    /// Records nothing, if no journal is configured.
    SigningJournal NONE = _ -> (_, _, _) -> {};

    /// Called before a credential signs its first response, at start and after each reload. May
    /// throw any exception that prevents recording; then the credential is not used.
    Page open(ResponderCredential credential);

    /// Receives the signatures of one credential.
    @FunctionalInterface
    interface Page {
        /// Called with every signature before it is released. Returns at once.
        ///
        /// @param window as signed
        /// @param signature the bytes of its BIT STRING
        /// @throws SignerUnavailableException it was not recorded, so it must not be released
        void made(ResponseContent content, ValidityWindow window, ByteString signature)
                throws SignerUnavailableException;
    }
}
