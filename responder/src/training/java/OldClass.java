import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.util.zip.ZipEntry;

/// Classes in the form of before Java 6, which say nothing of their stack: Java prepares none of
/// them, and checks each at every start in a slow way. Of a start's processor time picocli's 176
/// were a tenth.
final class OldClass {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    // Of Java 8: between it and Java 6 a class file's meaning did not change.
    private static final int RENEWED = ClassFile.JAVA_8_VERSION;

    private static final ClassFile FORM =
            ClassFile.of(
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassHierarchyResolverOption.of(
                            ClassHierarchyResolver.ofResourceParsing(
                                    OldClass.class.getClassLoader())));
    private static final ClassTransform RENEWAL =
            ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                    .andThen(
                            (builder, element) -> {
                                if (element instanceof ClassFileVersion) {
                                    builder.withVersion(RENEWED, 0);
                                } else {
                                    builder.with(element);
                                }
                            });

    private OldClass() {}

    static boolean isNamedSo(ZipEntry entry) {
        return entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/");
    }

    static boolean isOne(InputStream file) throws IOException {
        try (DataInputStream in = new DataInputStream(file)) {
            in.skipNBytes(Integer.BYTES + Short.BYTES);
            return in.readUnsignedShort() < FIRST_WITH_STACK_MAPS;
        }
    }

    /// The same class in a newer form; one that has it is returned as it is.
    static byte[] renewed(byte[] file) throws IOException {
        return isOne(new ByteArrayInputStream(file))
                ? FORM.transformClass(FORM.parse(file), RENEWAL)
                : file;
    }
}
