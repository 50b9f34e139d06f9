package org.precertocsp.signer.key;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.precertocsp.signer.pkcs11.Pkcs11Exception;
import org.precertocsp.signer.pkcs11.Pkcs11Library;
import org.precertocsp.signer.pkcs11.Pkcs11Session;
import org.precertocsp.signer.pkcs11.Pkcs11Token;

/// Finds a token and logs in to it.
final class TokenLogin {
    /// How long a login waits for another thread's.
    private static final Duration WAIT = Duration.ofSeconds(2);

    private TokenLogin() {}

    /// The token at present; found by label, since many libraries renumber slots whenever they
    /// start.
    static Pkcs11Token token(Pkcs11Library cryptoki, KeySource.Token wanted)
            throws Pkcs11Exception, SigningKeyException {
        List<Pkcs11Token> tokens = cryptoki.tokens();
        List<Pkcs11Token> found = tokens.stream().filter(token -> isWanted(token, wanted)).toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        String present = tokens.stream().map(TokenLogin::name).collect(Collectors.joining(", "));
        throw new SigningKeyException(
                found.isEmpty()
                        ? "there is no token %s; present: %s"
                                .formatted(name(wanted), present.isEmpty() ? "none" : present)
                        : "several tokens are %s; name one by its slot: %s"
                                .formatted(name(wanted), present),
                null);
    }

    /// Opens a session that is logged in.
    static Pkcs11Session login(Pkcs11Library cryptoki, Pkcs11Token token, SecretSource pin)
            throws Pkcs11Exception, SigningKeyException, PinRejectedException {
        return loggedIn(cryptoki, cryptoki.openSession(token.slot()), token, pin);
    }

    /// As [#login], for generating keys.
    static Pkcs11Session loginToWrite(Pkcs11Library cryptoki, Pkcs11Token token, SecretSource pin)
            throws Pkcs11Exception, SigningKeyException, PinRejectedException {
        return loggedIn(cryptoki, cryptoki.openSessionToWrite(token.slot()), token, pin);
    }

    private static Pkcs11Session loggedIn(
            Pkcs11Library cryptoki, Pkcs11Session session, Pkcs11Token token, SecretSource pin)
            throws Pkcs11Exception, SigningKeyException, PinRejectedException {
        boolean done = false;
        try {
            if (token.wantsLogin()) {
                login(cryptoki, session, token, pin);
            }
            done = true;
            return session;
        } finally {
            if (!done) {
                session.close();
            }
        }
    }

    static String name(KeySource.Token wanted) {
        return switch (wanted) {
            case KeySource.Token.Label(String label) -> "'" + label + "'";
            case KeySource.Token.Slot(long number) -> "in slot " + number;
        };
    }

    /// Each PIN is tried once, by any caller, until it changes or [PrivateKeys#retryRefusedPins].
    private static void login(
            Pkcs11Library cryptoki, Pkcs11Session session, Pkcs11Token token, SecretSource pin)
            throws Pkcs11Exception, SigningKeyException, PinRejectedException {
        RejectedPins.Refusals refusals = RejectedPins.OF_THIS_PROCESS.of(cryptoki, token);
        if (!refusals.begin(WAIT.toMillis())) {
            throw new SigningKeyException(
                    "another login to token %s hangs".formatted(name(token)), null);
        }
        try (SecretChars text = SecretChars.read(pin)) {
            Optional<String> refused = refusals.reason(text.characters());
            if (refused.isPresent()) {
                throw new PinRejectedException(refused.get(), null);
            }
            requireTries(token);
            login(session, text, reason -> refusal(token, pin, reason), refusals);
        } finally {
            refusals.end();
        }
    }

    private static void login(
            Pkcs11Session session,
            SecretChars pin,
            Function<Pkcs11Exception, String> words,
            RejectedPins.Refusals refusals)
            throws Pkcs11Exception, PinRejectedException {
        try {
            session.login(pin.characters());
        } catch (Pkcs11Exception e) {
            if (!e.returnValue().refusesPin()) {
                throw e;
            }
            String reason = words.apply(e);
            refusals.add(pin.characters(), reason);
            throw new PinRejectedException(reason, e);
        }
    }

    private static String refusal(Pkcs11Token token, SecretSource pin, Pkcs11Exception e) {
        return "token %s rejects the PIN from %s (%s); it is not tried again until it changes or the server is reloaded (SIGHUP)"
                .formatted(name(token), SecretChars.name(pin), e.getMessage());
    }

    private static void requireTries(Pkcs11Token token) throws PinRejectedException {
        if (token.isPinLocked()) {
            throw new PinRejectedException("the PIN of token " + name(token) + " is locked", null);
        }
        if (token.isAtFinalTry()) {
            // A process with a wrong PIN that its supervisor restarts repeatedly would use up all
            // attempts.
            throw new PinRejectedException(
                    "token %s allows one last try of its PIN, which is left to a person: log in once with the HSM's own tool"
                            .formatted(name(token)),
                    null);
        }
    }

    private static boolean isWanted(Pkcs11Token token, KeySource.Token wanted) {
        return switch (wanted) {
            case KeySource.Token.Label(String label) -> token.label().equals(label.stripTrailing());
            case KeySource.Token.Slot(long number) -> token.slot() == number;
        };
    }

    private static String name(Pkcs11Token token) {
        return "'" + token.label() + "' in slot " + token.slot();
    }
}
