package org.precertocsp.signer.key;

import java.util.List;
import java.util.stream.Collectors;
import org.precertocsp.signer.key.cryptoki.Cryptoki;
import org.precertocsp.signer.key.cryptoki.CryptokiFailure;
import org.precertocsp.signer.key.cryptoki.Session;
import org.precertocsp.signer.key.cryptoki.Token;

/// Finds a token and logs in to it.
final class TokenLogin {
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
        Session session = cryptoki.openSession(token.slot());
        boolean done = false;
        try {
            if (token.wantsLogin()) {
                login(session, token, pin);
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

    private static void login(Session session, Token token, Secret pin)
            throws CryptokiFailure, KeyFailure, PinRefused {
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
        try (SecretText text = SecretText.read(pin)) {
            session.login(text.characters());
        } catch (CryptokiFailure e) {
            if (!e.returnValue().refusesPin()) {
                throw e;
            }
            throw new PinRefused(
                    "token %s refuses the PIN from %s (%s); it is not tried again until the key is opened anew"
                            .formatted(name(token), SecretText.name(pin), e.getMessage()),
                    e);
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
