// Tells the app the time zone of this browser, so that times and resets are shown in it.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
if (timeZone) document.cookie = `tz=${timeZone}; path=/; max-age=31536000; samesite=lax`;
