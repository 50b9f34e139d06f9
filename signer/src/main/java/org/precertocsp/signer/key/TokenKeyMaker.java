package org.precertocsp.signer.key;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.signer.key.cryptoki.Attribute;
import org.precertocsp.signer.key.cryptoki.Cryptoki;
import org.precertocsp.signer.key.cryptoki.CryptokiFailure;
import org.precertocsp.signer.key.cryptoki.Session;
import org.precertocsp.signer.key.cryptoki.Token;

/// Makes key pairs on tokens, for signing only, whose private half never leaves the token.
final class TokenKeyMaker {
    private static final int ID_OCTETS = 8;

    private TokenKeyMaker() {}

    /// @param source the token, and the name the key gets
    /// @throws KeyFailure the token cannot be used, has a key of that name, or makes no such keys
    static void make(KeySource.Pkcs11 source, KeyPairKind kind) throws KeyFailure {
        try {
            Cryptoki cryptoki = Cryptoki.use(source.library());
            try {
                Token token = TokenLogin.token(cryptoki, source.token());
                Session session = TokenLogin.loginToWrite(cryptoki, token, source.pin());
                try {
                    requireFree(session, source);
                    List<Attribute> names = names(source.key());
                    session.generateKeyPair(
                            kind.mechanism(), publicTemplate(kind, names), privateTemplate(names));
                } finally {
                    session.close();
                }
            } finally {
                cryptoki.release();
            }
        } catch (CryptokiFailure | PinRefused e) {
            throw new KeyFailure(
                    "no %s key was made on token %s of %s: %s"
                            .formatted(
                                    kind.word(),
                                    TokenLogin.name(source.token()),
                                    source.library(),
                                    e.getMessage()),
                    e);
        }
    }

    private static void requireFree(Session session, KeySource.Pkcs11 source)
            throws CryptokiFailure, KeyFailure {
        List<Attribute> name = List.of(TokenObjects.attribute(source.key()));
        if (session.find(name).length > 0) {
            throw new KeyFailure(
                    "token %s has an object with %s already: choose another label for the new key"
                            .formatted(
                                    TokenLogin.name(source.token()),
                                    TokenObjects.name(source.key())),
                    null);
        }
    }

    private static List<Attribute> publicTemplate(KeyPairKind kind, List<Attribute> names) {
        List<Attribute> template = new ArrayList<>(kind.publicAttributes());
        template.add(Attribute.flag(Attribute.TOKEN, true));
        template.add(Attribute.flag(Attribute.VERIFY, true));
        template.add(Attribute.flag(Attribute.ENCRYPT, false));
        template.add(Attribute.flag(Attribute.WRAP, false));
        template.addAll(names);
        return template;
    }

    private static List<Attribute> privateTemplate(List<Attribute> names) {
        List<Attribute> template = new ArrayList<>();
        template.add(Attribute.flag(Attribute.TOKEN, true));
        template.add(Attribute.flag(Attribute.PRIVATE, true));
        template.add(Attribute.flag(Attribute.SENSITIVE, true));
        template.add(Attribute.flag(Attribute.EXTRACTABLE, false));
        template.add(Attribute.flag(Attribute.SIGN, true));
        template.add(Attribute.flag(Attribute.DECRYPT, false));
        template.add(Attribute.flag(Attribute.UNWRAP, false));
        template.add(Attribute.flag(Attribute.DERIVE, false));
        template.addAll(names);
        return template;
    }

    /// Both halves of a pair have the same; without a CKA_ID asked for, a random one.
    private static List<Attribute> names(KeySource.KeyOnToken name) throws KeyFailure {
        return switch (name) {
            case KeySource.KeyOnToken.Label(String label) ->
                    List.of(Attribute.label(label), Attribute.id(randomId()));
            case KeySource.KeyOnToken.Id _ -> List.of(TokenObjects.attribute(name));
        };
    }

    private static Octets randomId() {
        byte[] id = new byte[ID_OCTETS];
        new SecureRandom().nextBytes(id);
        return Octets.of(id);
    }
}
