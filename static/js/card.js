// The processor's form for cards and bank accounts, on the pages that need it alone. Its own script draws it in frames of its
// own, so that no number ever reaches the portal: the form sends the name that the processor has given to what was typed.
// The processor is asked for the money by the server, once for each form.

const holder = document.querySelector("[data-card-key]");
const error = document.querySelector("[data-card-error]");
const wide = document.documentElement;

function tell(text) {
  error.textContent = text;
  error.hidden = !text;
}

/** The portal's own colours, for frames that cannot see them. */
function appearance() {
  const colour = (name) => getComputedStyle(wide).getPropertyValue(name).trim();
  const dark = getComputedStyle(wide).colorScheme === "dark";
  return {
    theme: dark ? "night" : "stripe",
    variables: {
      colorPrimary: colour("--accent"),
      colorBackground: colour("--panel"),
      colorText: colour("--ink"),
      colorDanger: colour("--bad"),
      borderRadius: "6px",
      fontSizeBase: "16px",
    },
  };
}

/** The id by which the processor knows what was typed. The stand-in knows cards alone, and names them by a token. */
async function named(stripe, elements, element) {
  if (!stripe.confirmPayment) {
    const made = await stripe.createToken(element);
    return { error: made.error, id: made.token?.card.id, kind: "card" };
  }
  const checked = await elements.submit();
  if (checked.error) return { error: checked.error };
  const made = await stripe.createPaymentMethod({ elements });
  return { error: made.error, id: made.paymentMethod?.id, kind: made.paymentMethod?.type };
}

function take(stripe, form) {
  const { cardMethods, cardAmount, cardCurrency, cardMode } = holder.dataset;
  const elements = stripe.elements({
    mode: cardMode,
    currency: cardCurrency,
    ...(cardMode === "payment" ? { amount: Number(cardAmount) } : { setupFutureUsage: "off_session" }),
    paymentMethodTypes: cardMethods.split(","),
    paymentMethodCreation: "manual",
    appearance: appearance(),
  });
  const element = elements.create(stripe.confirmPayment ? "payment" : "card");
  element.mount(form.querySelector("[data-card-element]"));
  const button = form.querySelector("button[type=submit]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.method.value || !form.reportValidity()) return;
    event.preventDefault();
    event.stopPropagation();
    if (button.disabled) return;
    button.disabled = true;
    tell("");
    const made = await named(stripe, elements, element).catch(() => ({}));
    button.disabled = false;
    if (!made.id) return tell(made.error?.message ?? holder.dataset.sayUnread);
    form.elements.method.value = made.id;
    form.elements.kind.value = made.kind;
    form.requestSubmit();
  });
  form.hidden = false;
}

/** What the debtor's bank wants confirmed, in a window of the bank; then the server looks at what came of it. */
function act(stripe, form) {
  const button = form.querySelector("button[type=submit]");
  form.addEventListener("submit", async (event) => {
    if (form.dataset.acted) return;
    event.preventDefault();
    event.stopPropagation();
    button.disabled = true;
    const secret = holder.dataset.cardSecret;
    const done = stripe.handleNextAction ? stripe.handleNextAction({ clientSecret: secret }) : stripe.confirmCardPayment(secret);
    await done.catch(() => null);
    button.disabled = false;
    form.dataset.acted = "1";
    form.requestSubmit();
  });
  form.hidden = false;
}

function begin() {
  const form = document.querySelector("form[data-card]");
  if (!window.Stripe) return tell(holder.dataset.sayAway);
  const { cardKey, cardAccount, cardSecret } = holder.dataset;
  const stripe = window.Stripe(cardKey, { locale: wide.lang.startsWith("zh") ? "zh" : "en", ...(cardAccount ? { stripeAccount: cardAccount } : {}) });
  if (cardSecret) act(stripe, form);
  else take(stripe, form);
}

if (holder) begin();
