package io.reflux.model.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive of one class without attributes: its code as text, its instance as a few bytes of pickle.
 *
 * <p>The archive is a zip whose entries are stored uncompressed, as libtorch's own writer does.
 */
public final class TorchScriptArchive {

    /** Pickle protocol 2: the class {@code __torch__.NAME}, an empty tuple, NEWOBJ, an empty state, BUILD, STOP. */
    private static final String INSTANCE = "\u0080\u0002c__torch__\n%s\n)\u0081}b.";

    private static final String NO_CONSTANTS = "\u0080\u0002).";
    /** The first in which gelu takes its approximation; older archives are read with the operators of their day. */
    private static final String FORMAT_VERSION = "10\n";

    private TorchScriptArchive() {}

    /**
     * Writes the archive.
     *
     * @param className name of the class that {@code code} declares
     * @param code text in the dialect of serialised TorchScript
     * @return the bytes of the archive
     */
    public static byte[] of(String className, String code) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(code.length() + 1024);
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", INSTANCE.formatted(className).getBytes(StandardCharsets.ISO_8859_1));
            store(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            store(zip, "constants.pkl", NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
            store(zip, "version", FORMAT_VERSION.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry("module/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
