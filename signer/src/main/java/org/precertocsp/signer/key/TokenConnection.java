package org.precertocsp.signer.key;

import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.precertocsp.signer.key.cryptoki.Cryptoki;
import org.precertocsp.signer.key.cryptoki.CryptokiFailure;
import org.precertocsp.signer.key.cryptoki.Session;
import org.precertocsp.signer.key.cryptoki.Token;

/// One login to a token, good until something fails. Thread-safe: each signature has a session of
/// its own, and sessions are used again, so there are as many as were ever signing at once.
final class TokenConnection implements AutoCloseable {
    /// A private key, found, in the session that found it.
    ///
    /// @param kind algorithm and curve, as far as the token reports them
    record FoundKey(
            Token token,
            Session session,
            long handle,
            Optional<AlgorithmIdentifier> kind,
            Optional<SubjectPublicKeyInfo> publicHalf) {
        SubjectPublicKeyInfo publicHalfOrThrow() throws KeyFailure {
            return publicHalf.orElseThrow(
                    () ->
                            new KeyFailure(
                                    "the token does not tell the public key; name its certificate",
                                    null));
        }
    }

    private final Cryptoki cryptoki;
    private final FoundKey key;
    private final TokenMechanism mechanism;
    private final TokenSignature form;
    private final long generation;
    private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private TokenConnection(
            Cryptoki cryptoki,
            FoundKey key,
            TokenMechanism mechanism,
            TokenSignature form,
            long generation) {
        this.cryptoki = cryptoki;
        this.key = key;
        this.mechanism = mechanism;
        this.form = form;
        this.generation = generation;
        idle.add(key.session());
    }

    static FoundKey find(Cryptoki cryptoki, KeySource.Pkcs11 source)
            throws CryptokiFailure, KeyFailure, PinRefused {
        Token token = TokenLogin.token(cryptoki, source.token());
        Session session = TokenLogin.login(cryptoki, token, source.pin());
        boolean done = false;
        try {
            TokenObjects objects = new TokenObjects(session);
            long handle = objects.privateKey(source.key());
            FoundKey found =
                    new FoundKey(
                            token,
                            session,
                            handle,
                            objects.kind(handle),
                            objects.publicHalf(handle));
            done = true;
            return found;
        } finally {
            if (!done) {
                session.close();
            }
        }
    }

    static TokenConnection to(Cryptoki cryptoki, FoundKey key, TokenSignature form)
            throws KeyFailure {
        SignatureScheme scheme = form.scheme();
        long generation = cryptoki.generation();
        List<TokenMechanism> ways = TokenMechanism.waysTo(scheme);
        for (TokenMechanism way : ways) {
            if (cryptoki.signsWith(key.token().slot(), way.mechanism().type())) {
                cryptoki.connected();
                return new TokenConnection(cryptoki, key, way, form, generation);
            }
        }
        String names =
                ways.stream().map(way -> way.mechanism().name()).collect(Collectors.joining(", "));
        throw new KeyFailure(
                "token '%s' cannot make %s signatures; wanted: %s"
                        .formatted(
                                key.token().label(),
                                scheme,
                                names.isEmpty() ? "a PKCS#11 3.2 token, not served yet" : names),
                null);
    }

    byte[] sign(byte[] message) throws CryptokiFailure, KeyFailure {
        Session session = idle.pollFirst();
        if (session == null) {
            session = cryptoki.openSession(key.token().slot());
        }
        boolean done = false;
        try {
            byte[] made =
                    session.sign(mechanism.mechanism(), key.handle(), mechanism.input(message));
            done = true;
            return form.read(message, made);
        } finally {
            giveBack(session, done);
        }
    }

    /// True if the library has been restarted since; then no session of this connection counts.
    boolean isStale() {
        return generation != cryptoki.generation();
    }

    /// The token and the mechanism, for people.
    String computedBy() {
        return "token of %s (%s)".formatted(key.token().model(), mechanism.mechanism().name());
    }

    /// Ends idle sessions now and busy ones when they come back.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            cryptoki.disconnected();
        }
        closeIdle();
    }

    private void giveBack(Session session, boolean usable) {
        if (!usable) {
            session.close(); // it may be in the middle of an operation
            return;
        }
        idle.addFirst(session);
        if (closed.get()) {
            closeIdle();
        }
    }

    private void closeIdle() {
        for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
            session.close();
        }
    }
}
