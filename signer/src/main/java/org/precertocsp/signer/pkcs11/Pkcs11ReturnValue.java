package org.precertocsp.signer.pkcs11;

/// The CK_RV values that a signer receives (PKCS#11 2.40 §5.1), without their `CKR_` prefix.
public enum Pkcs11ReturnValue {
    HOST_MEMORY(0x02),
    SLOT_ID_INVALID(0x03),
    GENERAL_ERROR(0x05),
    FUNCTION_FAILED(0x06),
    ARGUMENTS_BAD(0x07),
    CANT_LOCK(0x0a),
    ATTRIBUTE_SENSITIVE(0x11),
    ATTRIBUTE_TYPE_INVALID(0x12),
    DATA_LEN_RANGE(0x21),
    DEVICE_ERROR(0x30),
    DEVICE_MEMORY(0x31),
    DEVICE_REMOVED(0x32),
    FUNCTION_NOT_SUPPORTED(0x54),
    KEY_HANDLE_INVALID(0x60),
    KEY_TYPE_INCONSISTENT(0x63),
    KEY_FUNCTION_NOT_PERMITTED(0x68),
    MECHANISM_INVALID(0x70),
    MECHANISM_PARAM_INVALID(0x71),
    OBJECT_HANDLE_INVALID(0x82),
    PIN_INCORRECT(0xa0),
    PIN_INVALID(0xa1),
    PIN_LEN_RANGE(0xa2),
    PIN_EXPIRED(0xa3),
    PIN_LOCKED(0xa4),
    SESSION_CLOSED(0xb0),
    SESSION_COUNT(0xb1),
    SESSION_HANDLE_INVALID(0xb3),
    TOKEN_NOT_PRESENT(0xe0),
    TOKEN_NOT_RECOGNIZED(0xe1),
    USER_ALREADY_LOGGED_IN(0x100),
    USER_NOT_LOGGED_IN(0x101),
    USER_PIN_NOT_INITIALIZED(0x102),
    USER_ANOTHER_ALREADY_LOGGED_IN(0x104),
    USER_TOO_MANY_TYPES(0x105),
    CRYPTOKI_NOT_INITIALIZED(0x190),
    CRYPTOKI_ALREADY_INITIALIZED(0x191),

    /// Any other; the message includes the number.
    OTHER(-1);

    private final long code;

    Pkcs11ReturnValue(long code) {
        this.code = code;
    }

    static Pkcs11ReturnValue of(long code) {
        for (Pkcs11ReturnValue value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        return OTHER;
    }

    /// An explanation and a remedy if the name is not sufficient, or empty.
    String explanation() {
        return switch (this) {
            case GENERAL_ERROR, FUNCTION_FAILED, DEVICE_ERROR ->
                    "the library gives no cause; its own log may";
            case KEY_FUNCTION_NOT_PERMITTED ->
                    "the key is not allowed to sign: its CKA_SIGN is false";
            case MECHANISM_INVALID -> "the token does not sign so with this key";
            case SESSION_COUNT -> "the token has no session left: lower signing.maxInFlight";
            case HOST_MEMORY, DEVICE_MEMORY -> "no memory left";
            case CANT_LOCK -> "the library cannot be used by several threads";
            case USER_ANOTHER_ALREADY_LOGGED_IN -> "this process is logged in as security officer";
            case USER_PIN_NOT_INITIALIZED -> "the token has no user PIN yet: initialise it";
            default -> "";
        };
    }

    /// True if the same PIN must not be tried again: each attempt may be the one that locks the
    /// token.
    public boolean refusesPin() {
        return switch (this) {
            case PIN_INCORRECT, PIN_INVALID, PIN_LEN_RANGE, PIN_EXPIRED, PIN_LOCKED -> true;
            case USER_PIN_NOT_INITIALIZED -> true;
            default -> false;
        };
    }

    /// True if only this call failed, for lack of memory; sessions and login remain valid.
    public boolean leavesSessionsAlive() {
        return this == SESSION_COUNT || this == HOST_MEMORY || this == DEVICE_MEMORY;
    }
}
