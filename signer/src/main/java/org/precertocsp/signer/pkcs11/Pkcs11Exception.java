package org.precertocsp.signer.pkcs11;

import org.jspecify.annotations.Nullable;

/// A PKCS#11 call that did not return CKR_OK, or a library that cannot be called.
public final class Pkcs11Exception extends Exception {
    private static final long serialVersionUID = 1L;

    private final Pkcs11ReturnValue returnValue;

    Pkcs11Exception(Pkcs11Function function, long code) {
        super(message(function, code));
        this.returnValue = Pkcs11ReturnValue.of(code);
    }

    Pkcs11Exception(String message, Pkcs11ReturnValue returnValue, @Nullable Throwable cause) {
        super(message, cause);
        this.returnValue = returnValue;
    }

    public Pkcs11ReturnValue returnValue() {
        return returnValue;
    }

    private static String message(Pkcs11Function function, long code) {
        Pkcs11ReturnValue value = Pkcs11ReturnValue.of(code);
        String name =
                value == Pkcs11ReturnValue.OTHER
                        ? "0x" + Long.toHexString(code)
                        : "CKR_" + value.name();
        String explanation = value.explanation();
        return function.cName()
                + " answered "
                + name
                + (explanation.isEmpty() ? "" : " (" + explanation + ")");
    }
}
