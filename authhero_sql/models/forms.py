"""Forms with their nodes and components."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from .base import Insert, Instant, Model, Nested, Secret, Varchar255
from .shared import GENERIC_TAG, RedirectTarget, type_discriminator

__all__ = [
    "ActionNode",
    "ActionNodeConfig",
    "BlockBase",
    "BooleanField",
    "BooleanFieldConfig",
    "CardsField",
    "CardsFieldConfig",
    "CardsOption",
    "ChoiceField",
    "ChoiceFieldConfig",
    "ChoiceOption",
    "CodeField",
    "CodeFieldConfig",
    "Component",
    "ComponentBase",
    "Coordinates",
    "CountryField",
    "CountryFieldConfig",
    "CustomField",
    "CustomFieldConfig",
    "DateField",
    "DateFieldConfig",
    "DividerBlock",
    "DividerBlockConfig",
    "DropdownField",
    "DropdownFieldConfig",
    "EmailField",
    "EmailFieldConfig",
    "FieldBase",
    "FieldMessage",
    "FileField",
    "FileFieldConfig",
    "FlowNode",
    "FlowNodeConfig",
    "Form",
    "FormAfterSubmit",
    "FormEnding",
    "FormFields",
    "FormInsert",
    "FormLanguages",
    "FormLinks",
    "FormMessages",
    "FormNode",
    "FormRedirection",
    "FormStart",
    "FormStyle",
    "GenericComponent",
    "GenericNode",
    "GoogleMapsAddressWidget",
    "GoogleMapsAddressWidgetConfig",
    "HiddenField",
    "HtmlBlock",
    "HtmlBlockConfig",
    "ImageBlock",
    "ImageBlockConfig",
    "JumpButtonBlock",
    "JumpButtonBlockConfig",
    "LegalField",
    "LegalFieldConfig",
    "MessageType",
    "NextButtonBlock",
    "NextButtonBlockConfig",
    "NumberField",
    "NumberFieldConfig",
    "PasswordField",
    "PasswordFieldConfig",
    "PaymentField",
    "PaymentFieldConfig",
    "PreviousButtonBlock",
    "PreviousButtonBlockConfig",
    "RecaptchaWidget",
    "RecaptchaWidgetConfig",
    "ResendButtonBlock",
    "ResendButtonBlockConfig",
    "RichTextBlock",
    "RichTextBlockConfig",
    "RouterNode",
    "RouterNodeConfig",
    "RouterRule",
    "SocialField",
    "SocialFieldConfig",
    "SocialProvider",
    "StepNode",
    "StepNodeConfig",
    "TelephoneField",
    "TelephoneFieldConfig",
    "TextField",
    "TextFieldConfig",
    "UrlField",
    "UrlFieldConfig",
    "VerifiableCredentialsWidget",
    "VerifiableCredentialsWidgetConfig",
    "WidgetBase",
]

NodeAlias = Annotated[str, StringConstraints(min_length=1, max_length=150)]
Hint = Annotated[str, StringConstraints(min_length=1, max_length=500)]
MessageType = Literal["info", "error", "success", "warning"]


class Coordinates(Nested):
    """The position of a node in the editor."""

    x: int | float
    """The x-coordinate."""
    y: int | float
    """The y-coordinate."""


class ComponentBase(Nested):
    """The fields common to all components of a form."""

    id: str
    """The ID of the component, unique within the form."""
    order: int | float | None = None
    """The position of the component among its siblings."""
    visible: bool = True
    """Whether the component is visible."""


class BlockBase(ComponentBase):
    """The fields common to blocks, which display content."""

    category: Literal["BLOCK"] | None = None
    """The category of the component, always ``BLOCK``."""


class WidgetBase(ComponentBase):
    """The fields common to widgets, which embed an external service."""

    category: Literal["WIDGET"] | None = None
    """The category of the component, always ``WIDGET``."""
    label: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The label of the component."""
    hint: Hint | None = None
    """The hint below the component."""
    required: bool | None = None
    """Whether the user must complete the component."""
    sensitive: bool | None = None
    """Whether the value is omitted from logs."""


class FieldMessage(Nested):
    """A message that is displayed with a field."""

    id: int | float | None = None
    """The ID of the message."""
    text: str
    """The text of the message."""
    type: MessageType
    """The severity of the message."""


class FieldBase(ComponentBase):
    """The fields common to form fields, which collect a value."""

    category: Literal["FIELD"] | None = None
    """The category of the component, always ``FIELD``."""
    label: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The label of the component."""
    hint: Hint | None = None
    """The hint below the component."""
    messages: list[FieldMessage] | None = None
    """The messages that are displayed with the field."""
    required: bool | None = None
    """Whether the user must complete the component."""
    sensitive: bool | None = None
    """Whether the value is omitted from logs."""


class GenericComponent(Nested):
    """A component of a type without a dedicated model; all its fields are preserved."""

    id: str
    """The ID of the component."""
    category: str
    """The category of the component."""
    type: str
    """The type of component."""


class DividerBlockConfig(Nested):
    """The configuration of a divider block."""

    text: str | None = None
    """The text on the divider."""


class DividerBlock(BlockBase):
    """A divider between parts of a step."""

    type: Literal["DIVIDER"]
    """The type of component, always ``DIVIDER``."""
    config: DividerBlockConfig | None = None
    """The configuration of the component."""


class HtmlBlockConfig(Nested):
    """The configuration of an HTML block."""

    content: str | None = None
    """The HTML to display."""


class HtmlBlock(BlockBase):
    """A block of HTML."""

    type: Literal["HTML"]
    """The type of component, always ``HTML``."""
    config: HtmlBlockConfig | None = None
    """The configuration of the component."""


class ImageBlockConfig(Nested):
    """The configuration of an image block."""

    src: str | None = None
    """The URL of the image."""
    alt: str | None = None
    """The alternative text of the image."""
    width: int | float | None = None
    """The width of the image, in pixels."""
    height: int | float | None = None
    """The height of the image, in pixels."""


class ImageBlock(BlockBase):
    """An image."""

    type: Literal["IMAGE"]
    """The type of component, always ``IMAGE``."""
    config: ImageBlockConfig | None = None
    """The configuration of the component."""


class JumpButtonBlockConfig(Nested):
    """The configuration of a jump button."""

    text: str | None = None
    """The label of the button."""
    target_step: str | None = None
    """The ID of the step that the button opens."""


class JumpButtonBlock(BlockBase):
    """A button that jumps to another step."""

    type: Literal["JUMP_BUTTON"]
    """The type of component, always ``JUMP_BUTTON``."""
    config: JumpButtonBlockConfig
    """The configuration of the component."""


class ResendButtonBlockConfig(Nested):
    """The configuration of a resend button."""

    text: str | None = None
    """The label of the button."""
    resend_action: str | None = None
    """The action that resends the message."""


class ResendButtonBlock(BlockBase):
    """A button that resends a code."""

    type: Literal["RESEND_BUTTON"]
    """The type of component, always ``RESEND_BUTTON``."""
    config: ResendButtonBlockConfig
    """The configuration of the component."""


class NextButtonBlockConfig(Nested):
    """The configuration of a next button."""

    text: str | None = None
    """The label of the button."""


class NextButtonBlock(BlockBase):
    """A button that continues to the next step."""

    type: Literal["NEXT_BUTTON"]
    """The type of component, always ``NEXT_BUTTON``."""
    config: NextButtonBlockConfig
    """The configuration of the component."""


class PreviousButtonBlockConfig(Nested):
    """The configuration of a previous button."""

    text: str | None = None
    """The label of the button."""


class PreviousButtonBlock(BlockBase):
    """A button that returns to the previous step."""

    type: Literal["PREVIOUS_BUTTON"]
    """The type of component, always ``PREVIOUS_BUTTON``."""
    config: PreviousButtonBlockConfig
    """The configuration of the component."""


class RichTextBlockConfig(Nested):
    """The configuration of a rich text block."""

    content: str | None = None
    """The formatted text to display."""


class RichTextBlock(BlockBase):
    """A block of formatted text."""

    type: Literal["RICH_TEXT"]
    """The type of component, always ``RICH_TEXT``."""
    config: RichTextBlockConfig | None = None
    """The configuration of the component."""


class VerifiableCredentialsWidgetConfig(Nested):
    """The configuration of a verifiable credentials widget."""

    credential_type: str | None = None
    """The type of credential to request."""


class VerifiableCredentialsWidget(WidgetBase):
    """A widget that requests a verifiable credential from a wallet."""

    type: Literal["AUTH0_VERIFIABLE_CREDENTIALS"]
    """The type of component, always ``AUTH0_VERIFIABLE_CREDENTIALS``."""
    config: VerifiableCredentialsWidgetConfig
    """The configuration of the component."""


class GoogleMapsAddressWidgetConfig(Nested):
    """The configuration of a Google Maps address widget."""

    api_key: Secret[str | None] = None
    """The Google Maps API key."""


class GoogleMapsAddressWidget(WidgetBase):
    """A widget that finds a postal address with Google Maps."""

    type: Literal["GMAPS_ADDRESS"]
    """The type of component, always ``GMAPS_ADDRESS``."""
    config: GoogleMapsAddressWidgetConfig
    """The configuration of the component."""


class RecaptchaWidgetConfig(Nested):
    """The configuration of a reCAPTCHA widget."""

    site_key: str | None = None
    """The reCAPTCHA site key."""


class RecaptchaWidget(WidgetBase):
    """A reCAPTCHA widget."""

    type: Literal["RECAPTCHA"]
    """The type of component, always ``RECAPTCHA``."""
    config: RecaptchaWidgetConfig
    """The configuration of the component."""


class BooleanFieldConfig(Nested):
    """The configuration of a Boolean field."""

    default_value: bool | None = None
    """The default value."""


class BooleanField(FieldBase):
    """A field for a Boolean value."""

    type: Literal["BOOLEAN"]
    """The type of component, always ``BOOLEAN``."""
    config: BooleanFieldConfig | None = None
    """The configuration of the component."""


class CardsOption(Nested):
    """An option of a cards field."""

    value: str
    """The value of the option."""
    label: str
    """The label of the option."""
    description: str | None = None
    """The description of the option."""
    image: str | None = None
    """The URL of the option's image."""


class CardsFieldConfig(Nested):
    """The configuration of a cards field."""

    options: list[CardsOption] | None = None
    """The options, in display order."""
    multi_select: bool | None = None
    """Whether the user may select multiple options."""


class CardsField(FieldBase):
    """A field that offers its options as cards."""

    type: Literal["CARDS"]
    """The type of component, always ``CARDS``."""
    config: CardsFieldConfig | None = None
    """The configuration of the component."""


class ChoiceOption(Nested):
    """An option of a choice field or a dropdown field."""

    value: str
    """The value of the option."""
    label: str
    """The label of the option."""


class ChoiceFieldConfig(Nested):
    """The configuration of a choice field."""

    options: list[ChoiceOption] | None = None
    """The options, in display order."""
    display: Literal["radio", "checkbox"] | None = None
    """Whether the options are displayed as radio buttons or checkboxes."""
    multiple: bool | None = None
    """Whether the user may select multiple options."""
    default_value: str | list[str] | None = None
    """The value of the option, or the values of the options, selected by default."""


class ChoiceField(FieldBase):
    """A field that offers its options as radio buttons or checkboxes."""

    type: Literal["CHOICE"]
    """The type of component, always ``CHOICE``."""
    config: ChoiceFieldConfig | None = None
    """The configuration of the component."""


class CodeFieldConfig(Nested):
    """The configuration of a code field."""

    length: Annotated[int, Field(ge=0, le=100)] | None = None
    """The number of characters of the code, from 0 to 100."""
    mode: Literal["numeric", "alphanumeric"] | None = None
    """Whether the code is numeric or alphanumeric."""
    auto_submit: bool | None = None
    """Whether the form is submitted when the code is complete."""
    group_size: Annotated[int, Field(ge=0, le=100)] | None = None
    """The number of characters in a group, from 0 to 100."""
    separator: str | None = None
    """The text between groups."""
    placeholder: str | None = None
    """The placeholder text."""
    default_value: str | None = None
    """The default value."""


class CodeField(FieldBase):
    """A field for a one-time code."""

    type: Literal["CODE"]
    """The type of component, always ``CODE``."""
    config: CodeFieldConfig | None = None
    """The configuration of the component."""


class CountryFieldConfig(Nested):
    """The configuration of a country field."""

    placeholder: str | None = None
    """The placeholder text."""
    default_value: str | None = None
    """The default value."""


class CountryField(FieldBase):
    """A field for a country."""

    type: Literal["COUNTRY"]
    """The type of component, always ``COUNTRY``."""
    config: CountryFieldConfig | None = None
    """The configuration of the component."""


class CustomFieldConfig(Nested):
    """The configuration of a custom field."""

    component: str | None = None
    """The name of the component."""
    props: dict[str, Any] | None = None
    """The properties of the component."""
    schema_: dict[str, Any] | None = Field(default=None, validation_alias="schema", serialization_alias="schema")
    """The JSON schema of the value."""
    code: str | None = None
    """The source code of the component."""


class CustomField(FieldBase):
    """A field with a custom component."""

    type: Literal["CUSTOM"]
    """The type of component, always ``CUSTOM``."""
    config: CustomFieldConfig
    """The configuration of the component."""


class DateFieldConfig(Nested):
    """The configuration of a date field."""

    format: str | None = None
    """The format of the date."""
    min: str | None = None
    """The earliest date that is accepted."""
    max: str | None = None
    """The latest date that is accepted."""
    default_value: str | None = None
    """The default value."""


class DateField(FieldBase):
    """A field for a date."""

    type: Literal["DATE"]
    """The type of component, always ``DATE``."""
    config: DateFieldConfig | None = None
    """The configuration of the component."""


class DropdownFieldConfig(Nested):
    """The configuration of a dropdown field."""

    options: list[ChoiceOption] | None = None
    """The options, in display order."""
    placeholder: str | None = None
    """The placeholder text."""
    searchable: bool | None = None
    """Whether the user may search the options."""
    multiple: bool | None = None
    """Whether the user may select multiple options."""
    default_value: str | list[str] | None = None
    """The value of the option, or the values of the options, selected by default."""


class DropdownField(FieldBase):
    """A field that offers its options in a dropdown list."""

    type: Literal["DROPDOWN"]
    """The type of component, always ``DROPDOWN``."""
    config: DropdownFieldConfig | None = None
    """The configuration of the component."""


class EmailFieldConfig(Nested):
    """The configuration of an email field."""

    placeholder: str | None = None
    """The placeholder text."""
    default_value: str | None = None
    """The default value."""
    last_used: bool | None = None
    """Whether the value that was last used on the device is suggested."""
    last_used_label: str | None = None
    """The label of the value that was last used."""


class EmailField(FieldBase):
    """A field for an email address."""

    type: Literal["EMAIL"]
    """The type of component, always ``EMAIL``."""
    config: EmailFieldConfig | None = None
    """The configuration of the component."""


class FileFieldConfig(Nested):
    """The configuration of a file field."""

    accept: str | None = None
    """The accepted file types, in the format of the HTML attribute ``accept``."""
    max_size: int | float | None = None
    """The maximum file size."""
    multiple: bool | None = None
    """Whether the user may select multiple files."""


class FileField(FieldBase):
    """A field for a file upload."""

    type: Literal["FILE"]
    """The type of component, always ``FILE``."""
    config: FileFieldConfig | None = None
    """The configuration of the component."""


class LegalFieldConfig(Nested):
    """The configuration of a legal field."""

    text: str
    """The text that the user consents to."""
    html: bool | None = None
    """Whether the text is HTML."""


class LegalField(FieldBase):
    """A field for the user's consent."""

    type: Literal["LEGAL"]
    """The type of component, always ``LEGAL``."""
    config: LegalFieldConfig | None = None
    """The configuration of the component."""


class NumberFieldConfig(Nested):
    """The configuration of a number field."""

    placeholder: str | None = None
    """The placeholder text."""
    min: int | float | None = None
    """The lowest number that is accepted."""
    max: int | float | None = None
    """The highest number that is accepted."""
    step: int | float | None = None
    """The interval between accepted numbers."""
    default_value: str | None = None
    """The default value."""


class NumberField(FieldBase):
    """A field for a number."""

    type: Literal["NUMBER"]
    """The type of component, always ``NUMBER``."""
    config: NumberFieldConfig | None = None
    """The configuration of the component."""


class PasswordFieldConfig(Nested):
    """The configuration of a password field."""

    placeholder: str | None = None
    """The placeholder text."""
    min_length: int | float | None = None
    """The minimum number of characters."""
    show_toggle: bool | None = None
    """Whether a button reveals the password."""
    forgot_password_link: str | None = None
    """The URL of the password reset page."""
    default_value: str | None = None
    """The default value."""


class PasswordField(FieldBase):
    """A field for a password."""

    type: Literal["PASSWORD"]
    """The type of component, always ``PASSWORD``."""
    config: PasswordFieldConfig | None = None
    """The configuration of the component."""


class PaymentFieldConfig(Nested):
    """The configuration of a payment field."""

    provider: str | None = None
    """The payment provider."""
    currency: str | None = None
    """The currency, as an ISO 4217 code."""


class PaymentField(FieldBase):
    """A field for a payment."""

    type: Literal["PAYMENT"]
    """The type of component, always ``PAYMENT``."""
    config: PaymentFieldConfig | None = None
    """The configuration of the component."""


class SocialProvider(Nested):
    """A social connection that is offered on the login page."""

    name: str
    """The name of the connection."""
    strategy: str | None = None
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    display_name: str | None = None
    """The display name of the connection, shown to users."""
    icon_url: str | None = None
    """The URL of the icon on the login button."""
    href: str | None = None
    """The URL that starts the login."""
    last_used: bool | None = None
    """Whether the connection was last used on the device."""
    last_used_label: str | None = None
    """The label of the connection that was last used."""


class SocialFieldConfig(Nested):
    """The configuration of a social field."""

    providers: list[str] | None = None
    """The names of the connections, in display order."""
    provider_details: list[SocialProvider] | None = None
    """The display details of each connection."""


class SocialField(FieldBase):
    """A field with buttons for social connections."""

    type: Literal["SOCIAL"]
    """The type of component, always ``SOCIAL``."""
    config: SocialFieldConfig | None = None
    """The configuration of the component."""


class TelephoneFieldConfig(Nested):
    """The configuration of a telephone field."""

    placeholder: str | None = None
    """The placeholder text."""
    default_country: str | None = None
    """The default country, as an ISO 3166-1 alpha-2 code."""
    default_value: str | None = None
    """The default value."""
    allow_email: bool | None = None
    """Whether the user may enter an email address instead."""


class TelephoneField(FieldBase):
    """A field for a phone number."""

    type: Literal["TEL"]
    """The type of component, always ``TEL``."""
    config: TelephoneFieldConfig | None = None
    """The configuration of the component."""


class TextFieldConfig(Nested):
    """The configuration of a text field."""

    placeholder: str | None = None
    """The placeholder text."""
    multiline: bool | None = None
    """Whether the text may contain multiple lines."""
    max_length: int | float | None = None
    """The maximum number of characters."""
    default_value: str | None = None
    """The default value."""
    last_used: bool | None = None
    """Whether the value that was last used on the device is suggested."""
    last_used_label: str | None = None
    """The label of the value that was last used."""


class TextField(FieldBase):
    """A field for text."""

    type: Literal["TEXT"]
    """The type of component, always ``TEXT``."""
    config: TextFieldConfig | None = None
    """The configuration of the component."""


class UrlFieldConfig(Nested):
    """The configuration of a URL field."""

    placeholder: str | None = None
    """The placeholder text."""
    default_value: str | None = None
    """The default value."""


class UrlField(FieldBase):
    """A field for a URL."""

    type: Literal["URL"]
    """The type of component, always ``URL``."""
    config: UrlFieldConfig | None = None
    """The configuration of the component."""


_Components = (
    Annotated[DividerBlock, Tag("DIVIDER")]
    | Annotated[HtmlBlock, Tag("HTML")]
    | Annotated[ImageBlock, Tag("IMAGE")]
    | Annotated[JumpButtonBlock, Tag("JUMP_BUTTON")]
    | Annotated[ResendButtonBlock, Tag("RESEND_BUTTON")]
    | Annotated[NextButtonBlock, Tag("NEXT_BUTTON")]
    | Annotated[PreviousButtonBlock, Tag("PREVIOUS_BUTTON")]
    | Annotated[RichTextBlock, Tag("RICH_TEXT")]
    | Annotated[VerifiableCredentialsWidget, Tag("AUTH0_VERIFIABLE_CREDENTIALS")]
    | Annotated[GoogleMapsAddressWidget, Tag("GMAPS_ADDRESS")]
    | Annotated[RecaptchaWidget, Tag("RECAPTCHA")]
    | Annotated[BooleanField, Tag("BOOLEAN")]
    | Annotated[CardsField, Tag("CARDS")]
    | Annotated[ChoiceField, Tag("CHOICE")]
    | Annotated[CodeField, Tag("CODE")]
    | Annotated[CountryField, Tag("COUNTRY")]
    | Annotated[CustomField, Tag("CUSTOM")]
    | Annotated[DateField, Tag("DATE")]
    | Annotated[DropdownField, Tag("DROPDOWN")]
    | Annotated[EmailField, Tag("EMAIL")]
    | Annotated[FileField, Tag("FILE")]
    | Annotated[LegalField, Tag("LEGAL")]
    | Annotated[NumberField, Tag("NUMBER")]
    | Annotated[PasswordField, Tag("PASSWORD")]
    | Annotated[PaymentField, Tag("PAYMENT")]
    | Annotated[SocialField, Tag("SOCIAL")]
    | Annotated[TelephoneField, Tag("TEL")]
    | Annotated[TextField, Tag("TEXT")]
    | Annotated[UrlField, Tag("URL")]
    | Annotated[GenericComponent, Tag(GENERIC_TAG)]
)
Component = Annotated[_Components, Discriminator(type_discriminator(_Components))]
"""A component of a step, discriminated by ``type``."""


class FlowNodeConfig(Nested):
    """The configuration of a flow node."""

    flow_id: Annotated[str, StringConstraints(max_length=30)]
    """The ID of the flow to run."""
    next_node: str | None = None
    """The ID of the next node."""


class FlowNode(Nested):
    """A node that runs a flow."""

    id: str
    """The ID of the node."""
    type: Literal["FLOW"]
    """The type of node, always ``FLOW``."""
    coordinates: Coordinates
    """The position of the node in the editor."""
    alias: NodeAlias | None = None
    """The name of the node, shown in the editor."""
    config: FlowNodeConfig
    """The configuration of the node."""


class RouterRule(Nested):
    """A rule that selects the next node if its condition holds."""

    id: str
    """The ID of the rule."""
    alias: NodeAlias | None = None
    """The name of the rule, shown in the editor."""
    condition: Any
    """The condition under which the rule applies."""
    next_node: str
    """The ID of the next node."""


class RouterNodeConfig(Nested):
    """The configuration of a router node."""

    rules: list[RouterRule]
    """The rules, of which the first that applies selects the next node."""
    fallback: str
    """The ID of the next node if no rule applies."""


class RouterNode(Nested):
    """A node that branches according to rules."""

    id: str
    """The ID of the node."""
    type: Literal["ROUTER"]
    """The type of node, always ``ROUTER``."""
    coordinates: Coordinates
    """The position of the node in the editor."""
    alias: NodeAlias
    """The name of the node, shown in the editor."""
    config: RouterNodeConfig
    """The configuration of the node."""


class StepNodeConfig(Nested):
    """The configuration of a step node."""

    components: list[Component]
    """The components of the step, in order."""
    next_node: str | None = None
    """The ID of the next node."""


class StepNode(Nested):
    """A node that displays components and collects input."""

    id: str
    """The ID of the node."""
    type: Literal["STEP"]
    """The type of node, always ``STEP``."""
    coordinates: Coordinates
    """The position of the node in the editor."""
    alias: NodeAlias | None = None
    """The name of the node, shown in the editor."""
    config: StepNodeConfig
    """The configuration of the node."""


class ActionNodeConfig(Nested):
    """The configuration of an action node."""

    action_type: Literal["REDIRECT"]
    """The type of action, always ``REDIRECT``."""
    target: RedirectTarget
    """The page to which the user is redirected."""
    custom_url: str | None = None
    """The URL to which the user is redirected if the target is ``custom``."""
    next_node: str
    """The ID of the next node."""


class ActionNode(Nested):
    """A node that performs an action."""

    id: str
    """The ID of the node."""
    type: Literal["ACTION"]
    """The type of node, always ``ACTION``."""
    coordinates: Coordinates
    """The position of the node in the editor."""
    alias: str | None = None
    """The name of the node, shown in the editor."""
    config: ActionNodeConfig
    """The configuration of the node."""


class GenericNode(Nested):
    """A node of a type without a dedicated model; all its fields are preserved."""

    id: str
    """The ID of the node."""
    type: str
    """The type of node."""
    coordinates: Coordinates
    """The position of the node in the editor."""


_FormNodes = (
    Annotated[FlowNode, Tag("FLOW")]
    | Annotated[RouterNode, Tag("ROUTER")]
    | Annotated[StepNode, Tag("STEP")]
    | Annotated[ActionNode, Tag("ACTION")]
    | Annotated[GenericNode, Tag(GENERIC_TAG)]
)
FormNode = Annotated[_FormNodes, Discriminator(type_discriminator(_FormNodes))]
"""A node of a form, discriminated by ``type``."""


class FormMessages(Nested):
    """The messages of a form."""

    errors: dict[str, Any] | None = None
    """The error messages, by name."""
    custom: dict[str, Any] | None = None
    """The custom messages, by name."""


class FormLanguages(Nested):
    """The languages of a form."""

    primary: str | None = None
    """The language that the form is written in."""
    default: str | None = None
    """The language for users whose preferred language is not available."""


class HiddenField(Nested):
    """A hidden field of a form."""

    key: str
    """The name of the field."""
    value: str
    """The value of the field."""


class FormStart(Nested):
    """The start of a form."""

    hidden_fields: list[HiddenField] | None = None
    """The hidden fields of the form."""
    next_node: str | None = None
    """The ID of the next node."""
    coordinates: Coordinates | None = None
    """The position of the node in the editor."""


class FormRedirection(Nested):
    """The redirect at the end of a form."""

    delay: int | float | None = None
    """The delay before the redirect, in seconds."""
    target: str | None = None
    """The URL to which the user is redirected."""


class FormAfterSubmit(Nested):
    """The processing after a form is submitted."""

    flow_id: str | None = None
    """The ID of the flow to run."""


class FormEnding(Nested):
    """The ending of a form."""

    redirection: FormRedirection | None = None
    """The redirect at the end of the form."""
    after_submit: FormAfterSubmit | None = None
    """The processing after the form is submitted."""
    coordinates: Coordinates | None = None
    """The position of the node in the editor."""
    resume_flow: bool | None = None
    """Whether the login continues after the form."""


class FormStyle(Nested):
    """The style of a form."""

    css: str | None = None
    """The CSS of the form."""


class FormLinks(Nested):
    """The links of a form."""

    sdkSrc: str | None = None  # noqa: N815  # both spellings exist on the wire
    """The URL of the script that renders the form."""
    sdk_src: str | None = None
    """The URL of the script that renders the form, in snake case."""


class FormFields(Model):
    """The fields common to ``FormInsert`` and ``Form``."""

    name: Varchar255
    """The name of the form."""
    messages: FormMessages | None = None
    """The messages of the form."""
    languages: FormLanguages | None = None
    """The languages of the form."""
    translations: dict[str, Any] | None = None
    """The translations of the form, by language."""
    nodes: list[FormNode] | None = None
    """The nodes of the form."""
    start: FormStart | None = None
    """The start of the form."""
    ending: FormEnding | None = None
    """The ending of the form."""
    style: FormStyle | None = None
    """The style of the form."""
    links: FormLinks | None = None
    """The links of the form."""


class FormInsert(FormFields, Insert):
    """The fields of a new form."""


class Form(FormFields):
    """A form that collects information from the user during a login."""

    id: str
    """The ID of the form."""
    created_at: Instant
    """When the form was created."""
    updated_at: Instant
    """When the form was last updated."""
