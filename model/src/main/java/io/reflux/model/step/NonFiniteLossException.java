package io.reflux.model.step;

/** The loss is NaN or infinite; the step made no update. */
public final class NonFiniteLossException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NonFiniteLossException(long step, double loss) {
        super("loss at step " + step + ": " + loss
                + " (expected: finite); lower the learning rate or check inputs and teacher logits");
    }
}
