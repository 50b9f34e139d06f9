package org.precertocsp.signer.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;

/// The functions called, with their positions in CK_FUNCTION_LIST (PKCS#11 2.40, `pkcs11f.h`).
///
/// CK_ULONG is eight bytes: 64-bit Unix, which the layouts here and in [Pkcs11Session] assume.
enum Pkcs11Function {
    INITIALIZE("C_Initialize", 0, ADDRESS),
    FINALIZE("C_Finalize", 1, ADDRESS),
    GET_SLOT_LIST("C_GetSlotList", 4, JAVA_BYTE, ADDRESS, ADDRESS),
    GET_TOKEN_INFO("C_GetTokenInfo", 6, JAVA_LONG, ADDRESS),
    GET_MECHANISM_INFO("C_GetMechanismInfo", 8, JAVA_LONG, JAVA_LONG, ADDRESS),
    OPEN_SESSION("C_OpenSession", 12, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS),
    CLOSE_SESSION("C_CloseSession", 13, JAVA_LONG),
    LOGIN("C_Login", 18, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
    GET_ATTRIBUTE_VALUE("C_GetAttributeValue", 24, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
    FIND_OBJECTS_INIT("C_FindObjectsInit", 26, JAVA_LONG, ADDRESS, JAVA_LONG),
    FIND_OBJECTS("C_FindObjects", 27, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS),
    FIND_OBJECTS_FINAL("C_FindObjectsFinal", 28, JAVA_LONG),
    SIGN_INIT("C_SignInit", 42, JAVA_LONG, ADDRESS, JAVA_LONG),
    SIGN("C_Sign", 43, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS),
    GENERATE_KEY_PAIR(
            "C_GenerateKeyPair",
            59,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            ADDRESS);

    private final String cName;
    private final int place;
    private final FunctionDescriptor descriptor;

    Pkcs11Function(String cName, int place, MemoryLayout... parameters) {
        this.cName = cName;
        this.place = place;
        this.descriptor = FunctionDescriptor.of(JAVA_LONG, parameters);
    }

    String cName() {
        return cName;
    }

    int place() {
        return place;
    }

    FunctionDescriptor descriptor() {
        return descriptor;
    }
}
