// The dashboard's chart. Figures arrive as decimal strings and become floating point only to be drawn.

const canvas = document.getElementById("months-chart");
const data = JSON.parse(document.getElementById("months-data").textContent);
const money = new Intl.NumberFormat(data.locale, { style: "currency", currency: data.currency });
const short = new Intl.NumberFormat(data.locale, { notation: "compact", maximumFractionDigits: 1 });
const values = (name) => data.months.map((month) => Number(month[name]));

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  const isDark = document.documentElement.classList.contains("dark");
  return {
    revenue: of(isDark ? "--color-primary-500" : "--color-primary-600"),
    expenses: isDark ? "oklch(62% .03 258)" : "oklch(80% .02 258)",
    result: isDark ? "oklch(80% .13 80)" : "oklch(66% .15 60)",
    text: of(isDark ? "--color-base-400" : "--color-base-500"),
    grid: of(isDark ? "--color-base-800" : "--color-base-200"),
  };
}

function datasets(colour) {
  const bar = { type: "bar", borderRadius: 3, categoryPercentage: 0.72, barPercentage: 0.86, order: 2 };
  return [
    { ...bar, label: canvas.dataset.textRevenue, data: values("revenue"), backgroundColor: colour.revenue },
    { ...bar, label: canvas.dataset.textExpenses, data: values("expenses"), backgroundColor: colour.expenses },
    {
      type: "line", label: canvas.dataset.textResult, data: values("result"), order: 1, tension: 0.3, borderWidth: 2, pointRadius: 2.5,
      borderColor: colour.result, backgroundColor: colour.result,
    },
  ];
}

function options(colour) {
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    onClick: (event, elements) => {
      const month = data.months[elements[0]?.index];
      if (month) window.location = `${canvas.dataset.statement}?start=${month.start}&end=${month.end}`;
    },
    plugins: {
      legend: {
        align: "end",
        labels: {
          color: colour.text, boxWidth: 10, boxHeight: 10, useBorderRadius: true, borderRadius: 2,
          sort: (one, other) => one.datasetIndex - other.datasetIndex,
        },
      },
      tooltip: { callbacks: { label: (item) => ` ${item.dataset.label}: ${money.format(item.parsed.y)}` } },
    },
    scales: {
      x: { grid: { display: false }, border: { color: colour.grid }, ticks: { color: colour.text } },
      y: { grid: { color: colour.grid }, border: { display: false }, ticks: { color: colour.text, callback: (value) => short.format(value) } },
    },
  };
}

function configuration() {
  const colour = colours();
  return { data: { labels: data.months.map((month) => month.label), datasets: datasets(colour) }, options: options(colour) };
}

let chart = new Chart(canvas, configuration());
new MutationObserver(() => {
  chart.destroy();
  chart = new Chart(canvas, configuration());
}).observe(document.documentElement, { attributeFilter: ["class"] });
