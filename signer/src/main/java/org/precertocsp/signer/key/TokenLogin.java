package org.precertocsp.signer.key;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.precertocsp.signer.key.cryptoki.Cryptoki;
import org.precertocsp.signer.key.cryptoki.CryptokiFailure;
import org.precertocsp.signer.key.cryptoki.Session;
import org.precertocsp.signer.key.cryptoki.Token;

/// Finds a token and logs in to it.
final class TokenLogin {
    /// How long a login waits for another thread's.
    private static final Duration WAIT = Duration.ofSeconds(2);

    private TokenLogin() {}

    /// The token now; by label, since many libraries number slots anew whenever they start.
    static Token token(Cryptoki cryptoki, KeySource.Token wanted)
            throws CryptokiFailure, KeyFailure {
        List<Token> tokens = cryptoki.tokens();
        List<Token> found = tokens.stream().filter(token -> isWanted(token, wanted)).toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        String present = tokens.stream().map(TokenLogin::name).collect(Collectors.joining(", "));
        throw new KeyFailure(
                found.isEmpty()
                        ? "there is no token %s; present: %s"
                                .formatted(name(wanted), present.isEmpty() ? "none" : present)
                        : "several tokens are %s; name one by its slot: %s"
                                .formatted(name(wanted), present),
                null);
    }

    /// Opens a session, logged in.
    static Session login(Cryptoki cryptoki, Token token, Secret pin)
            throws CryptokiFailure, KeyFailure, PinRefused {
        return loggedIn(cryptoki, cryptoki.openSession(token.slot()), token, pin);
    }

    /// As [#login], for making keys.
    static Session loginToWrite(Cryptoki cryptoki, Token token, Secret pin)
            throws CryptokiFailure, KeyFailure, PinRefused {
        return loggedIn(cryptoki, cryptoki.openSessionToWrite(token.slot()), token, pin);
    }

    private static Session loggedIn(Cryptoki cryptoki, Session session, Token token, Secret pin)
            throws CryptokiFailure, KeyFailure, PinRefused {
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

    /// Each PIN is tried once, whoever asks, until it changes or [Keys#retryRefusedPins].
    private static void login(Cryptoki cryptoki, Session session, Token token, Secret pin)
            throws CryptokiFailure, KeyFailure, PinRefused {
        RefusedPins.Refusals refusals = RefusedPins.OF_THIS_PROCESS.of(cryptoki, token);
        if (!refusals.begin(WAIT.toMillis())) {
            throw new KeyFailure("another login to token %s hangs".formatted(name(token)), null);
        }
        try (SecretText text = SecretText.read(pin)) {
            Optional<String> refused = refusals.reason(text.characters());
            if (refused.isPresent()) {
                throw new PinRefused(refused.get(), null);
            }
            requireTries(token);
            login(session, text, reason -> refusal(token, pin, reason), refusals);
        } finally {
            refusals.end();
        }
    }

    private static void login(
            Session session,
            SecretText pin,
            Function<CryptokiFailure, String> words,
            RefusedPins.Refusals refusals)
            throws CryptokiFailure, PinRefused {
        try {
            session.login(pin.characters());
        } catch (CryptokiFailure e) {
            if (!e.returnValue().refusesPin()) {
                throw e;
            }
            String reason = words.apply(e);
            refusals.add(pin.characters(), reason);
            throw new PinRefused(reason, e);
        }
    }

    private static String refusal(Token token, Secret pin, CryptokiFailure e) {
        return "token %s refuses the PIN from %s (%s); it is not tried again until it changes or the server is reloaded (SIGHUP)"
                .formatted(name(token), SecretText.name(pin), e.getMessage());
    }

    private static void requireTries(Token token) throws PinRefused {
        if (token.isPinLocked()) {
            throw new PinRefused("the PIN of token " + name(token) + " is locked", null);
        }
        if (token.isAtFinalTry()) {
            // Restarted over and over by its supervisor, a process with a wrong PIN would use it
            // up.
            throw new PinRefused(
                    "token %s allows one last try of its PIN, which is left to a person: log in once with the HSM's own tool"
                            .formatted(name(token)),
                    null);
        }
    }

    private static boolean isWanted(Token token, KeySource.Token wanted) {
        return switch (wanted) {
            case KeySource.Token.Label(String label) -> token.label().equals(label.stripTrailing());
            case KeySource.Token.Slot(long number) -> token.slot() == number;
        };
    }

    private static String name(Token token) {
        return "'" + token.label() + "' in slot " + token.slot();
    }
}
