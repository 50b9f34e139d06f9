package org.precertocsp.signer;

import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.ValidityWindow;

/// Takes down what keys are used for (LG-01). Thread-safe.
@FunctionalInterface
public interface SigningJournal {
    /// Keeps nothing, where nobody asked for a journal.
    SigningJournal NONE = _ -> (_, _, _) -> {};

    /// Called before a credential signs its first answer, at start and after each reload. May throw
    /// whatever keeps the journal from being written; then the credential is not used.
    Page open(ResponderCredential credential);

    /// Where the signatures of one credential go.
    @FunctionalInterface
    interface Page {
        /// Called with every signature before anybody gets it. Returns at once.
        ///
        /// @param window as signed
        /// @param signature the bytes of its BIT STRING
        /// @throws SignerUnavailableException it was not taken down, so it must not be given out
        void made(ResponseContent content, ValidityWindow window, ByteString signature)
                throws SignerUnavailableException;
    }
}
