package org.precertocsp.signer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Signs with the newest credential that could be loaded. Thread-safe.
///
/// Signatures begun with a replaced credential end with it; its key is closed after the last of
/// them. Belongs inside a [BoundedSigner], never around one: a call whose caller has given up still
/// holds its key open.
public final class ReloadableSigner implements ResponseSigner, AutoCloseable {
    private final CredentialLoader loader;
    private final SigningJournal journal;
    private final AtomicReference<Tenure> current;
    private volatile boolean closed;

    /// @param first what the loader loaded; this signer closes its key
    public ReloadableSigner(CredentialLoader loader, ResponderCredential first) {
        this(loader, first, SigningJournal.NONE);
    }

    /// @param first as above
    /// @param journal receives every credential before it is used, and all that it signs
    public ReloadableSigner(
            CredentialLoader loader, ResponderCredential first, SigningJournal journal) {
        this.loader = loader;
        this.journal = journal;
        this.current = new AtomicReference<>(new Tenure(first, journal));
    }

    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailableException {
        Tenure tenure = enter();
        try {
            return tenure.signer.sign(content);
        } finally {
            tenure.leave();
        }
    }

    @Override
    public boolean mayHang() {
        return credential().key().mayHang();
    }

    /// Loads again and takes over what was loaded; where that is refused, the credential in use
    /// stays. Blocks while files are read and a token is opened. Throws what the journal throws;
    /// then, too, the credential in use stays.
    public synchronized CredentialLoadResult reload() {
        CredentialLoadResult load = loader.load();
        if (load instanceof CredentialLoadResult.Ready ready) {
            if (closed) {
                ready.credential().key().close();
            } else {
                current.getAndSet(tenure(ready.credential())).leave();
            }
        }
        return load;
    }

    private Tenure tenure(ResponderCredential credential) {
        try {
            return new Tenure(credential, journal);
        } catch (RuntimeException e) {
            credential.key().close();
            throw e;
        }
    }

    /// The credential signed with now.
    public ResponderCredential credential() {
        return current.get().credential;
    }

    /// Refuses from now on, and closes the key once the signatures under way have ended.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            current.get().leave();
        }
    }

    private Tenure enter() throws SignerUnavailableException {
        while (!closed) {
            Tenure tenure = current.get();
            if (tenure.enter()) {
                return tenure;
            }
        }
        throw new SignerUnavailableException(
                SignerUnavailableException.Cause.KEY_FAILED, "the signer has been closed");
    }

    /// The time one credential is in office, and while its last signatures last.
    private static final class Tenure {
        final ResponderCredential credential;
        final ResponseSigner signer;

        /// One for being in office, one for each signature under way; 0 is for ever.
        private final AtomicInteger holders = new AtomicInteger(1);

        Tenure(ResponderCredential credential, SigningJournal journal) {
            this.credential = credential;
            this.signer = new BouncyCastleSigner(credential, journal);
        }

        boolean enter() {
            return holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
        }

        void leave() {
            if (holders.decrementAndGet() == 0) {
                credential.key().close();
            }
        }
    }
}
