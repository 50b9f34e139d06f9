package org.precertocsp.signer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Signs with the newest credential that could be loaded. Thread-safe.
///
/// Signatures begun with a replaced credential complete with it; its key is closed after the last
/// of them. Belongs inside a [BoundedSigner], never around one: a call whose caller has timed out
/// still keeps its key open.
public final class ReloadableSigner implements ResponseSigner, AutoCloseable {
    private final CredentialLoader loader;
    private final SigningJournal journal;
    private final AtomicReference<Tenure> current;
    private volatile boolean closed;

    /// @param first a loaded credential; this signer closes its key
    /// @param journal receives every credential before it is used, and every signature
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

    /// Loads again and uses the new credential; if that is rejected, the current credential stays.
    /// Blocks while files are read and a token is opened. Propagates exceptions of the journal;
    /// then, too, the current credential stays.
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

    /// The credential in use.
    public ResponderCredential credential() {
        return current.get().credential;
    }

    /// Rejects new calls, and closes the key once the signatures in progress have ended.
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

    /// The period of use of one credential, including its last signatures.
    private static final class Tenure {
        final ResponderCredential credential;
        final ResponseSigner signer;

        /// One for being in use, one for each signature in progress; 0 is final.
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
