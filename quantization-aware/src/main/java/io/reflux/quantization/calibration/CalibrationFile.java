package io.reflux.quantization.calibration;

import io.reflux.model.file.WholeFile;
import io.reflux.model.graph.ModelException;
import io.reflux.quantization.observer.Observer;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Saved observers: a line that says what it is, what they belong to, counts, then each observer; compressed by gzip. */
final class CalibrationFile {

    private static final String HEADER = "reflux calibration 1";

    private static final int MAX_IDENTITY = 1 << 24;

    private CalibrationFile() {}

    /** What a file tells beside the observers. */
    record Saved(long batches, long samples) {}

    static void write(Path file, String identity, long batches, long samples, Collection<Observer> observers) {
        try {
            WholeFile.write(file, raw -> {
                GZIPOutputStream zip = new GZIPOutputStream(raw);
                DataOutputStream out = new DataOutputStream(zip);
                out.writeUTF(HEADER);
                byte[] bytes = identity.getBytes(StandardCharsets.UTF_8);
                out.writeInt(bytes.length);
                out.write(bytes);
                out.writeLong(batches);
                out.writeLong(samples);
                for (Observer observer : observers) {
                    observer.write(out);
                }
                out.flush();
                zip.finish();
            });
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.UNWRITABLE, file + ": cannot be written: " + WholeFile.reason(e), e);
        }
    }

    /** @param check refuses an identity that does not fit, before anything is changed */
    static Saved read(Path file, Consumer<String> check, Collection<Observer> observers) {
        try (GZIPInputStream zip = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            // All of it first: the checksum is at the end, and observers shall not be half of one and half of another.
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(zip.readAllBytes()));
            String header = in.readUTF();
            int length = header.equals(HEADER) ? in.readInt() : -1;
            if (length < 0 || length > MAX_IDENTITY) {
                throw unreadable(file, null);
            }
            try {
                check.accept(new String(in.readNBytes(length), StandardCharsets.UTF_8));
            } catch (ModelException e) {
                throw e.in(file.toString());
            }
            Saved saved = new Saved(in.readLong(), in.readLong());
            for (Observer observer : observers) {
                observer.read(in);
            }
            return saved;
        } catch (NoSuchFileException e) {
            throw new ModelException(
                    ModelException.Code.UNREADABLE, file + ": absent (expected: a saved calibration)", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ModelException unreadable(Path file, @Nullable IOException cause) {
        String message = file + ": not a saved calibration, or cut off (expected: one that was written whole)";
        return cause == null
                ? new ModelException(ModelException.Code.UNREADABLE, message)
                : new ModelException(ModelException.Code.UNREADABLE, message, cause);
    }
}
